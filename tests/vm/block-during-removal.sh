# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the block arrives while the removal's flush is at the LLD: refused, and the next try has no path"
PATHS="P6"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"

# scsi_debug takes delay / 20 seconds for a flush after a write.
prepare() {
	load_debug
	load_flaky
	write_blocks "$(disk 0)"
	[ ! -e /sys/module/scsi_lifecycle ] || write 30 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	write 80 /sys/bus/pseudo/drivers/scsi_debug/delay
	spawn delete delete 0
	wait_for 10 waits_in delete blk_execute_rq || fail "no flush is under way"
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
	flaky unblock "$(target_of "$(lun 0)")"
	grep -q 'state=cancel blocked=no' "$GUARD"/devices || fail "not unblocked: $(cat "$GUARD"/devices)"
	expect_end delete 20
	expect_counter flushes_completed 1
	note "stops the queue, starts it again, completes"
}
