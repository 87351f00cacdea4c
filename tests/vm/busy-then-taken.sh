# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD is busy when a disk is deleted, for longer than stock waits for an answer: named, and flushed when it is not"
PATHS="P19"
REQUIRES="scsi_stubborn"

prepare() {
	load_stubborn
	order busy Y
	spawn delete delete 0
	expect_wait delete blk_execute_rq
}

taken() {
	order busy N
	wait_for 20 ended delete || fail "the removal goes on waiting"
	tells flushed 1 || fail "$(told flushed) flushes were carried out, not 1"
}

stock() {
	expect_hang delete blk_execute_rq 10
	taken
}

# By default only a wait that would never end is cut off, and an LLD that is busy may take the command at any time.
guard() {
	expect_lld_named 0
	expect_hang delete blk_execute_rq 5
	taken
	expect_counter flushes_completed 1
	expect_counter commands_killed 0
	note "waits for the LLD, says so, and is flushed"
}
