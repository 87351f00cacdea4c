# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2046
DESCRIPTION="iSCSI: reboot while the path is down and iscsid is dead: it ends at reboot_tmo, and the lost flush is said"
PATHS="P11"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

prepare() {
	use iscsi
	use row
	use udev
	iscsi_disks 1 86400 15
	row_begins
	lose_path reset
	limit reboot_tmo 3
	kill -KILL $(pidof iscsid) || fail "iscsid is not there"
	wait_for 10 is_dead || fail "iscsid does not die"
	# The path is back, and no process logs in again.
	mend_path
	! wait_for 5 session_is LOGGED_IN || fail "the session is renewed"
}

is_dead() { [ -z "$(pidof iscsid)" ]; }

stock() {
	spawn reboot reboot -f
	expect_hang reboot blk_execute_rq 10
	row reboot
}

guard() {
	rebooting 20 2900 "scsi_lifecycle: cache flush lost: blocked for at least"
	spawn reboot reboot -f
	wait_forever
}

livepatch() { guard; }
