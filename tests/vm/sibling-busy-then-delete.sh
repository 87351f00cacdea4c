# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="LUN 0 is deleted while the LLD takes no write for LUN 1, which is in use: stock waits for LUN 1"
PATHS="P4"
REQUIRES="scsi_stubborn"

prepare() {
	use busy
	write_to_busy_lun
	spawn delete delete 0
}

stock() {
	expect_hang delete blk_mq_freeze_queue_wait 4
	write_is_taken
	wait_for 20 ended delete || fail "the removal goes on waiting"
}

guard() {
	expect_end delete 8
	waits_in write submit_bio_wait || fail "the write to LUN 1 does not wait any more"
	! wait_for 12 unload || fail "the queue that stands in is gone while LUN 1 is stuck"
	write_is_taken
	expect_counter commands_killed 0
	expect_counter flushes_completed 1
	wait_for 40 unload || fail "it cannot be unloaded"
	note "ends in $(took delete) ms, and LUN 1 writes when the LLD takes it"
}

unload() { rmmod scsi_lifecycle 2>/dev/null; }
