# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD swallows SYNCHRONIZE CACHE: three tries of 60 s and error handling after each"
PATHS="P7"
REQUIRES="scsi_stubborn"

# scsi_debug swallows commands too, and may fail their abort, by what its memory for the tag has of an earlier command.
prepare() {
	load_stubborn
	limit flush_tmo 3
	order hold flush
	spawn delete delete 0
}

stock() {
	expect_hang delete blk_execute_rq 10
}

guard() {
	expect_end delete 10
	[ "$(took delete)" -ge 3000 ] || fail "the flush was given less than flush_tmo"
	expect_counter flushes_killed 1
	expect_counter commands_killed 1
	expect_message "scsi_lifecycle: cache flush lost: not answered for [3-5][0-9]* ms"
}

upstream() {
	expect_end delete 10
	[ "$(took delete)" -ge 3000 ] || fail "the flush was given less than flush_tmo"
	tells aborts 1 || fail "the flush was tried again"
	expect_message "Synchronize Cache given up after [34] s"
}
