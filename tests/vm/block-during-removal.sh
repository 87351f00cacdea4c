# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the block arrives while the removal's flush is at the LLD: refused, and the next try has no path"
EACH_KERNEL=1
PATHS="P6"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"

# scsi_debug takes delay / 20 seconds for a flush after a write.
prepare() {
	debug_disks
	dirty 0
	limit teardown_tmo 30
	write 80 /sys/bus/pseudo/drivers/scsi_debug/delay
	spawn delete delete 0
	expect_wait delete blk_execute_rq
}

blocks() { echo "block $(lun 0)" >"$CONTROL" 2>/dev/null; }

stock() {
	! blocks || fail "the block was not refused"
	note "refuses the block"
}

guard() { stock; }

livepatch() {
	blocks || fail "the block was refused"
	grep -q 'state=cancel blocked=yes' "$GUARD"/devices || fail "not in CANCEL_BLOCK: $(cat "$GUARD"/devices)"
	unblock_target
	grep -q 'state=cancel blocked=no' "$GUARD"/devices || fail "not unblocked: $(cat "$GUARD"/devices)"
	expect_end delete 20
	expect_counter flushes_completed 1
	note "stops the queue, starts it again, completes"
}

upstream() {
	blocks || fail "the block was refused"
	flaky unblock "$(target_of "$(lun 0)")"
	expect_end delete 20
	! said "failing its commands\\|Synchronize Cache(10) failed" || fail "the flush failed"
	note "stops the queue, starts it again, completes"
}
