# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="no disk driver, a passthrough command parked: the removal hangs in destroying the queue"
PATHS="P13"
REQUIRES="scsi_flaky"

prepare() {
	debug_disks
	park_passthrough
	limit teardown_tmo 30
	spawn delete delete 0
}

stock() {
	expect_hang delete blk_mq_freeze_queue_wait 4
}

# There is no driver whose flush could still be sent: its time need not be waited for.
guard() {
	expect_end delete 6
	expect_counter flushes_none 1
	expect_counter commands_killed 1
}

livepatch() { guard; }

upstream() { expect_end delete 6; }
