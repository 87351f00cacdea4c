# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD swallows SYNCHRONIZE CACHE: three tries of 60 s and error handling after each"
PATHS="P7"
REQUIRES="scsi_flaky"

prepare() {
	load_debug
	write_blocks "$(disk 0)"
	limit flush_tmo 3
	swallow
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
