# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="iSCSI: the path is gone for good, and the transport gives it more time than the removal has: the deletion, the logout and the unload of the driver end, and each lost flush is said"
PATHS="P5"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

prepare() {
	use iscsi
	use row
	use udev
	iscsi_disks 2 120
	row_begins
	lose_path drop
	spawn delete delete 0
}

all_end() {
	wait_for 10 ended delete || fail "the deletion does not end"
	spawn log_out log_out
	wait_for 20 ended log_out || fail "the logout does not end"
	wait_for 5 session_is none || fail "the session stays: $(session)"
	# A session refers to the driver until its last device is released.
	wait_for 10 rmmod iscsi_tcp || fail "the driver stays"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	row delete log_out
}

stock() { all_end; }

guard() {
	all_end
	[ $(($(counter flushes_killed) + $(counter flushes_failed))) = 2 ] || fail "not two flushes are said to be lost"
	expect_accounts
}

livepatch() { guard; }
