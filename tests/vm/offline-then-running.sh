# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="an offline disk with a stopped queue is set running: the writer hangs, I/O is dead"
PATHS="P2"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"

prepare() {
	debug_disks
	stop_target
	spawn online write running "$(device 0)/state"
}

stock() {
	expect_hang online blk_execute_rq 3
	! echo "unblock $(lun 0)" >"$CONTROL" 2>/dev/null || fail "stock's unblock took it"
	expect_hang online blk_execute_rq 1
}

guard() { stock; }

# It is blocked, as the transport wants it, and the transport's own unblock makes it work.
livepatch() {
	expect_end online 10
	[ "$(state 0)" = blocked ] || fail "the disk is $(state 0), not blocked"
	park_write write 0 submit_bio_wait
	unblock_target
	wait_for 10 ended write || fail "the write goes on waiting"
	[ "$(status_of write)" = 0 ] || fail "I/O fails"
	note "returns in $(took online) ms, and I/O works with the unblock"
}

upstream() { livepatch; }
