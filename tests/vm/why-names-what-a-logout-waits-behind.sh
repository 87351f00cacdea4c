# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="an iSCSI logout waits behind a deletion that hangs: scsi-lifecycle why names that and the lost session, and what it advises ends both"
PATHS="P1"
REQUIRES="scsi_flaky iscsi_tcp iscsi_target_mod"
USER_SPACE=debian
COMMAND=1

# Error handling takes a LUN offline while its transport has stopped it.
prepare() {
	use udev
	use iscsi
	use command
	install_guard
	iscsi_disks 2 120
	load_flaky
	limit teardown_tmo 600
	doomed=$(lun 0)
	lose_path drop
	says 1 "$doomed .*at risk" check "$doomed"
	said_too "iSCSI session.* is FAILED"
	flaky offline "$doomed"
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	spawn log_out log_out
	wait_for 30 logout_waits || fail "the logout does not wait"
	says 1 "1. $doomed.* is being removed by $(culprit delete), delete" why
	# The logout goes on to let go of the session while its worker waits.
	said_too "because *iSCSI session.* is \(FAILED\|FREE\), recovery_tmo 120"
	said_too "behind it .*, iSCSI logout"
}

logout_waits() {
	cat /proc/[0-9]*/stack 2>/dev/null | grep -q __iscsi_unbind_session
}

# advice_ends PROGRAM
advice_ends() {
	take_advice "$1"
	wait_for 20 ended delete || fail "the deletion does not end"
	wait_for 20 ended log_out || fail "the logout does not end"
	expect_message "cache flush lost: blocked for at least"
	wait_for 20 session_is none || fail "the session stays: $(session)"
	note "what is advised ends the deletion and the logout"
}

stock() {
	said_too "ends *not by itself"
	advice_ends modprobe
}

guard() {
	said_too "waits for *its path"
	advice_ends scsi-lifecycle
}
