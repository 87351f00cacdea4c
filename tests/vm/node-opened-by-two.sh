# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="two processes open and close a device's node at once, 5000 times each: the counts are right"
PATHS=
REQUIRES=
GUARD_ONLY="stock has no nodes"
TIMEOUT=450

# Only 6.1-kcsan would show a missing lock: elsewhere the CPUs of the guest take turns.
TIMES=5000

prepare() {
	load_debug max_luns=1
	address=$(lun 0)
	node=/dev/scsi_lifecycle/$address
}

open_often() {
	times=0
	while [ $times -lt $TIMES ]; do
		: <"$node" || return 1
		times=$((times + 1))
	done
}
files() { sed -n "s/^[0-9]* $address .* files=\([0-9]*\) .*/\1/p" "$GUARD"/nodes; }
is_open() { [ "$(files)" = "$1" ]; }

guard() {
	exec 9<"$node"
	wait_for 5 is_open 1 || fail "one has it open, and nodes says $(files)"
	spawn one open_often
	spawn other open_often
	wait_for 200 ended one || fail "the first does not end"
	wait_for 200 ended other || fail "the second does not end"
	[ "$(status_of one) $(status_of other)" = "0 0" ] || fail "it cannot be opened"
	wait_for 5 is_open 1 || fail "one has it open, and nodes says $(files)"
	exec 9<&-
	wait_for 5 is_open 0 || fail "it is closed, and nodes says $(files)"
}
