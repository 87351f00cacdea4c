# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="LUN 0 is deleted without a path, and after it LUN 1, whose path is back after 300 ms: that flush completes"
PATHS="P1"
REQUIRES="scsi_flaky"

prepare() {
	load_debug max_luns=2
	load_flaky
	limit teardown_tmo 4
	for each in 0 1; do
		write_blocks "$(disk $each)"
		flaky block "$(lun $each)"
		flaky offline "$(lun $each)"
	done
	second=$(lun 1)
	spawn delete0 delete 0
}

# It holds scan_mutex, so that the second never begins.
stock() {
	expect_hang delete0 blk_execute_rq 4
}

guard() {
	expect_end delete0 12 >/dev/null
	spawn delete1 delete 1
	wait_for 10 waits_in delete1 blk_execute_rq || fail "LUN 1 was given no time"
	sleep 0.3
	try unblock "$second"
	expect_end delete1 10 >/dev/null
	expect_counter flushes_killed 1
	expect_counter flushes_completed 1
	note "LUN 0 ends in $(took delete0) ms, LUN 1 is flushed in $(took delete1) ms"
}

livepatch() { guard; }
