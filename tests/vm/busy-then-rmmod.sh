# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD answers SYNCHRONIZE CACHE with SCSI_MLQUEUE_HOST_BUSY for ever, and is unloaded"
PATHS="P19 P3"

prepare() {
	load_debug
	dirty 0
	limit flush_tmo 3
	be_busy
	spawn rmmod rmmod scsi_debug
}

stock() { expect_hang rmmod blk_execute_rq 10; }

guard() {
	expect_end rmmod 12
	[ "$(took rmmod)" -ge 3000 ] || fail "the LLD was given less than flush_tmo"
	expect_counter flushes_killed 1
	expect_message "scsi_lifecycle: cache flush lost: not taken for [3-9][0-9]* ms, killed 1 command"
}

upstream() {
	expect_end rmmod 12
	[ "$(took rmmod)" -ge 3000 ] || fail "the LLD was given less than flush_tmo"
	expect_message "Synchronize Cache(10) failed: .*hostbyte=DID_TIME_OUT"
	expect_message "Synchronize Cache given up after [3-9] s"
}
