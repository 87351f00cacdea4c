# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD swallows SYNCHRONIZE CACHE and renews its timer whenever that runs out: the removal hangs"
PATHS="P8"
REQUIRES="scsi_stubborn"

# Two seconds for each of sd's tries: without the renewal all of them would be over in eight.
prepare() {
	load_stubborn
	limit flush_tmo 2
	write 1 "$(device 0)/timeout"
	order keep_timer Y
	delete_with_held_flush
}

answered() {
	order hold nothing
	wait_for 10 ended delete || fail "the removal did not end with the answer"
	tells aborts 0 || fail "error handling began"
}

stock() {
	expect_hang delete blk_execute_rq 10
	answered
}

# Only the LLD can end it. What the module can do is to give the flush up for lost, and to say so.
guard() {
	expect_hang delete blk_execute_rq 10
	expect_message "scsi_lifecycle: cache flush lost: not answered for [2-4][0-9]* ms, aborted 1 command"
	expect_message "its removal has waited [0-9]* ms for scsi_stubborn to let go of the flush, and only that can"
	grep -q 'waits_for=lld' "$GUARD"/devices || fail "it does not wait for the LLD: $(cat "$GUARD"/devices)"
	answered
	# The LLD carried it out in the end, and that is what counts.
	expect_counter flushes_completed 1
	expect_message "scsi_lifecycle: cache flush completed after all"
	note "hangs until the LLD lets go, and says so after flush_tmo"
}

livepatch() { guard; }
