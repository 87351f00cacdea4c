# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: scsi-lifecycle why and check name the port and its timer, and what they advise ends the wait"
PATHS="P1"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian
COMMAND=1
TIMEOUT=300

prepare() {
	use srp
	use row
	use udev
	use command
	srp_disks 2 200 300 40
	doomed=$(lun 0)
	limit teardown_tmo 200
	lose_path_offline 0
	says 1 "SRP port-$(debug_host):1 is blocked, fast_io_fail_tmo 200" check "$(lun 1)"
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	says 1 "1. $doomed.* is being removed by $(culprit delete), delete" why
	said_too "because *SRP port-$(debug_host):1 is blocked, fast_io_fail_tmo 200"
}

stock() {
	said_too "ends *not by itself"
	said_too "sooner *modprobe scsi_lifecycle"
	row delete
}

guard() {
	said_too "waits for *its path"
	said_too "ends *in .* s, by teardown_tmo"
	said_too "sooner *not by the path alone"
	take_advice scsi-lifecycle
	wait_for 10 ended delete || fail "the advice does not end the deletion"
	expect_counter flushes_killed 1
	says 0 "Nothing hangs" why
	row delete
}

livepatch() {
	said_too "sooner *bring the path back: the flush completes"
	regain_path
	wait_for 10 ended delete || fail "the path does not end the deletion"
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	expect_counter flushes_completed 1
	says 0 "Nothing hangs" why
	row delete
}
