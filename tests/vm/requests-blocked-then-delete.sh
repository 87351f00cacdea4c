# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD has blocked its host's requests when a disk is deleted: stock waits until it lets them through"
PATHS="P20"
REQUIRES="scsi_stubborn"

prepare() {
	load_stubborn luns=2
	order block_requests Y
	spawn delete delete 0
	expect_wait delete blk_execute_rq
}

let_through() {
	order block_requests N
	wait_for 20 ended delete || fail "the removal goes on waiting"
	tells flushed 1 || fail "$(told flushed) flushes were carried out, not 1"
}

stock() {
	expect_hang delete blk_execute_rq 10
	let_through
}

guard() {
	expect_lld_named 0
	let_through
	expect_counter flushes_completed 1

	# And with a limit.
	limit flush_tmo 3
	order block_requests Y
	spawn delete delete 1
	expect_end delete 12
	[ "$(took delete)" -ge 3000 ] || fail "the LLD was given less than flush_tmo"
	tells flushed 1 || fail "a flush reached the LLD"
	expect_counter flushes_killed 1
	expect_message "1: scsi_lifecycle: cache flush lost: not taken for [3-9][0-9]* ms, killed 1 command"
}

livepatch() { guard; }
