# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="multipath: one of two iSCSI paths fails under writes and comes back: multipathd fails it over as on stock, and the module says nothing"
PATHS=""
REQUIRES="iscsi_tcp iscsi_target_mod dm_multipath"
USER_SPACE=debian

RECOVERY=5

prepare() {
	use iscsi
	use multipath
	use row
	use udev
	paths_up $RECOVERY 3
	[ ! -e "$GUARD" ] || listen
	path 1
	row_begins
	break_path reset
	spawn write write_map 50
	wait_for $((RECOVERY + 20)) ended write || fail "the writes do not go on by the other path"
	[ "$(status_of write)" = 0 ] || fail "a write failed"
	wait_for 20 paths_are failed active || fail "the paths are: $(paths)"
	checker_says 1 faulty || fail "multipathd's checker says: $(paths)"
	mend_path
	wait_for 60 paths_are active active || fail "the path is not taken back: $(paths)"
	checker_says 1 ready || fail "multipathd's checker says: $(paths)"
	# The transport's time alone decides.
	[ "$(took write)" -lt $((RECOVERY * 1000 + 6000)) ] || fail "the failover took $(took write) ms"
}

stock() { row write; }

guard() {
	row write
	! said "[0-9]: scsi_lifecycle: " || fail "the module says: $(dmesg | grep "[0-9]: scsi_lifecycle: ")"
	events_end
	storm=$(grep -c "^\(node \)\?[0-9]" /run/events)
	[ "$storm" -le 8 ] || fail "$storm events of devices"
	note "$NOTE; $storm events"
}

livepatch() { guard; }
