# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the path comes back before the deadline: the flush is sent and completes"
PATHS="P1"
REQUIRES="scsi_flaky"
GUARD_ONLY="offline-then-delete shows stock's hang"

prepare() {
	debug_disks
	trace_on
	limit teardown_tmo 30
	dirty 0
	stop_lun 0
	spawn delete delete 0
	expect_hang delete blk_execute_rq 1
}

guard() {
	flaky unblock "$(lun 0)"
	expect_end delete 15
	[ "$(flushes_sent)" = 1 ] || fail "$(flushes_sent) flushes were sent, not 1"
	expect_counter flushes_completed 1
	expect_counter flushes_killed 0
	expect_counter commands_killed 0
}

upstream() {
	flaky unblock "$(target_of "$(lun 0)")"
	expect_end delete 15
	[ "$(flushes_sent)" = 1 ] || fail "$(flushes_sent) flushes were sent, not 1"
	! said "Synchronize Cache(10) failed" || fail "the flush failed"
}
