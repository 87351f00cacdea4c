# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD does not answer the flush of a removal, and the administrator ends that at once"
PATHS="P7"
REQUIRES="scsi_stubborn"

prepare() {
	load_stubborn
	delete_with_held_flush
}

# Three tries of 60 s each, and error handling.
stock() {
	expect_hang delete blk_execute_rq 5
}

guard() {
	! wait_for 3 ended delete || fail "the removal did not wait for the flush"
	asked=$(now)
	tried=$(node try "$(node_of 0)" end | xargs)
	[ "$tried" = "end=0" ] || fail "$tried"
	wait_for 10 ended delete || fail "the removal goes on"
	after=$(($(now) - asked))
	expect_counter flushes_killed 1
	expect_message "scsi_lifecycle: cache flush lost: not answered for [0-9]* ms, aborted 1 command"
	note "ended $after ms after the call"
}
