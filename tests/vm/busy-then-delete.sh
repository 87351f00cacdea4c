# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD answers SYNCHRONIZE CACHE with SCSI_MLQUEUE_HOST_BUSY for ever, and the disk is deleted"
PATHS="P19"

prepare() {
	load_debug
	dirty 0
	limit flush_tmo 3
	be_busy
	spawn delete delete 0
}

stock() { expect_hang delete blk_execute_rq 10; }

guard() {
	expect_end delete 12
	[ "$(took delete)" -ge 3000 ] || fail "the LLD was given less than flush_tmo"
	expect_counter flushes_killed 1
	expect_counter commands_killed 1
	expect_message "scsi_lifecycle: cache flush lost: not taken for [3-9][0-9]* ms, killed 1 command"
}

livepatch() { guard; }

upstream() {
	expect_end delete 12
	[ "$(took delete)" -ge 3000 ] || fail "the LLD was given less than flush_tmo"
	expect_message "Synchronize Cache(10) failed: .*hostbyte=DID_TIME_OUT"
	expect_message "Synchronize Cache given up after [3-9] s"
}
