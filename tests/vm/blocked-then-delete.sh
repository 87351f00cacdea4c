# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a blocked disk is deleted: it does not hang, but its flush is never sent"
EACH_KERNEL=1
PATHS="P5"
UPSTREAM_TMO=30
REQUIRES="scsi_flaky"

prepare() {
	debug_disks
	trace_on
	dirty 0
	block_target
	listen
	doomed=$(lun 0)
	spawn delete delete 0
}

stock() {
	expect_end delete 10
	[ "$(flushes_sent)" = 0 ] || fail "the flush was sent"
	note "loses the flush"
}

# What makes it complete is the livepatch, below; without it the loss is at least said.
guard() {
	expect_end delete 10
	[ "$(flushes_sent)" = 0 ] || fail "the flush was sent"
	expect_counter flushes_killed 1
	expect_counter flushes_completed 0
	expect_message "scsi_lifecycle: cache flush lost: removed while blocked"
	expect_event "^node $doomed .*SCSI_LIFECYCLE_FLUSH=killed"
	expect_event "^host host.* SCSI_LIFECYCLE_FLUSH=killed .*SCSI_LIFECYCLE_REMOVED=$doomed "
	note "reports the lost flush"
}

# It waits for the path, and stock's own unblock of the target reaches it.
livepatch() {
	write 30 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	expect_wait delete blk_execute_rq
	grep -q 'state=cancel blocked=yes' "$GUARD"/devices || fail "not in CANCEL_BLOCK: $(cat "$GUARD"/devices)"
	unblock_target
	expect_end delete 10
	[ "$(flushes_sent)" = 1 ] || fail "$(flushes_sent) flushes were sent, not 1"
	expect_counter flushes_completed 1
	expect_counter flushes_killed 0
	note "the path comes back, the flush completes in $(took delete) ms"
}

upstream() {
	wait_for 10 waits_in delete blk_execute_rq || fail "it does not wait"
	flaky unblock "$(target_of "$doomed")"
	expect_end delete 10
	[ "$(flushes_sent)" = 1 ] || fail "$(flushes_sent) flushes were sent, not 1"
	! said "failing its commands" || fail "the flush is said to be lost"
	note "the path comes back, the flush completes in $(took delete) ms"
}
