# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="an LLD renews the flush's timer for ever: without a flush_tmo it has as long as all of sd's tries, and is given up then"
PATHS="P8"
REQUIRES="scsi_stubborn"

# For a disk with a timeout of one second that is 48 s.
prepare() {
	load_stubborn
	write 1 "$(device 0)/timeout"
	order keep_timer Y
	delete_with_held_flush
	sent=$(now)
}

answered() {
	order hold nothing
	wait_for 10 ended delete || fail "the removal did not end with the answer"
}

stock() {
	expect_hang delete blk_execute_rq 10
	answered
	tells flushed 1 || fail "$(told flushed) flushes were carried out"
}

lost() { said "scsi_lifecycle: cache flush lost: not answered for"; }

guard() {
	wait_for 57 lost || fail "the flush is not given up"
	given=$(($(now) - sent))
	[ $given -ge 40000 ] || fail "the flush was given up after $given ms"
	expect_hang delete blk_execute_rq 2
	expect_message "its removal has waited [0-9]* ms for scsi_stubborn to let go of the flush, and only that can"
	grep -q 'waits_for=lld' "$GUARD"/devices || fail "it does not wait for the LLD: $(cat "$GUARD"/devices)"
	answered
	# The LLD carried it out in the end, and that is what counts.
	expect_counter flushes_completed 1
	expect_message "scsi_lifecycle: cache flush completed after all"
	note "given up after $given ms, and ends with the answer"
}
