# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="multipath: a volume is detached as CSI drivers do it, each path set offline before it is deleted: a path that is away cannot be set offline, and from those that are there each flush arrives"
PATHS=""
REQUIRES="iscsi_tcp iscsi_target_mod dm_multipath"
USER_SPACE=debian

prepare() {
	use iscsi
	use multipath
	use row
	use udev
	paths_up 120 15
	write_map 4
	wait_for 30 multipath -f "$MAP" || fail "multipath -f failed"
	# A path that is away cannot be set offline: then there is nothing to delete in this order.
	path 1
	break_path reset
	wait_for 30 is_blocked || fail "the path is $(state 0)"
	! write offline "$(device 0)/state" 2>/dev/null || fail "a blocked path is set offline"
	mend_path
	wait_for 60 both_logged_in || fail "the sessions are $(session)"
	for each in 1 2; do
		write offline "$(device 0 0 $each)/state" || fail "path $each is not set offline"
	done
	settle
	row_begins
	spawn first delete 0
	spawn second delete 0 0 2
	wait_for 10 ended first || fail "a deletion does not end"
	wait_for 10 ended second || fail "a deletion does not end"
	row_saw 2
}
both_logged_in() { [ "$(session | sort -u)" = LOGGED_IN ] && [ "$(state 0)" = running ]; }

stock() { row first second; }

guard() {
	row first second
	expect_counter flushes_completed 2
	expect_accounts
}

livepatch() { guard; }
