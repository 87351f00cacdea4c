# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="LUN 0 is deleted without a path, and after it LUN 1, whose path is back after 300 ms: that flush completes"
PATHS="P1"
REQUIRES="scsi_flaky"

prepare() {
	debug_disks 2
	limit teardown_tmo 4
	for each in 0 1; do
		dirty $each
		stop_lun $each
	done
	first=$(lun 0) second=$(lun 1)
	spawn delete0 delete 0
}

# It holds scan_mutex, so that the second never begins.
stock() {
	expect_hang delete0 blk_execute_rq 4
}

guard() {
	expect_end delete0 12 >/dev/null
	spawn delete1 delete 1
	expect_wait delete1 blk_execute_rq
	sleep 0.3
	try unblock "$second"
	expect_end delete1 10 >/dev/null
	expect_counter flushes_killed 1
	expect_counter flushes_completed 1
	note "LUN 0 ends in $(took delete0) ms, LUN 1 is flushed in $(took delete1) ms"
}

livepatch() { guard; }

upstream() {
	expect_end delete0 12 >/dev/null
	expect_expired "$first"
	spawn delete1 delete 1
	wait_for 10 waits_in delete1 blk_execute_rq || fail "LUN 1 was given no time"
	sleep 0.3
	try unblock "$(target_of "$second")"
	expect_end delete1 10 >/dev/null
	! said " $second: .*failing its commands" || fail "the flush of LUN 1 failed"
	note "LUN 0 ends in $(took delete0) ms, LUN 1 is flushed in $(took delete1) ms"
}
