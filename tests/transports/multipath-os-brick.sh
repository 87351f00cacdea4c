# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="multipath: os-brick detaches a volume, map, paths and sessions, while one of its two iSCSI paths is away and then given up: it is no slower, and the flush of each path is accounted for"
PATHS=
REQUIRES="iscsi_tcp iscsi_target_mod dm_multipath"
USER_SPACE=debian
TIMEOUT=600

prepare() {
	use iscsi
	use multipath
	use row
	use udev
	paths_up 5 15
	first=$(disk 0) second=$(disk 0 0 2)
	write_map 4
	path 1
	break_path reset
	wait_for 30 is_blocked || fail "the path is $(state 0)"
	row_begins
	# Without busybox, whose tee would be found first.
	# shellcheck disable=SC2046
	spawn detach env -i PATH=/usr/sbin:/usr/bin python3 /guest/detach.py \
		"$MAP" "$IQN" $(for each in $PORTS; do echo "127.0.0.1:$each"; done)
	wait_for 500 ended detach || fail "os-brick does not return"
	cat "$OUTPUT" >/dev/console
	[ ! -e "/dev/mapper/$MAP" ] || fail "the map is still there"
	for each in $first $second; do
		[ ! -e "/sys/block/$each" ] || fail "$each is still there"
	done
	[ "$(session)" = none ] || fail "a session is still there: $(session)"
	detached=$(sed -n 's/^detached \([0-9]*\)$/\1/p' "$OUTPUT")
	[ -n "$detached" ] || fail "os-brick says: $(cat "$OUTPUT")"
}

OUTPUT=/run/spawned/detach/output

# The transport gives the path up after five seconds, and fails its flush before the module would: so it is on stock.
stock() {
	[ "$detached" -le 60000 ] || fail "os-brick took $detached ms"
	row_saw 1
	row
	note "os-brick returns after $detached ms$NOTE"
}

guard() {
	stock
	expect_counter flushes_failed 1
	expect_counter flushes_completed 1
	expect_accounts
}

livepatch() { guard; }
