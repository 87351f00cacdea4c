# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="LUN 0's removal waits for a command parked at LUN 1, and the module comes later: it says for what, and ends nothing"
PATHS="P4"
REQUIRES="scsi_flaky"
LATE=1

prepare() {
	virtio_disks
	doomed=$(lun 0) other=$(lun 1)
	flaky block "$other"
	park_write pending 1 blkdev_write_iter
	spawn delete delete 0
}

stock() { expect_hang delete blk_mq_freeze_queue_wait 4; }

guard() {
	stock
	load_guard teardown_tmo=1
	wait_for 20 said "its removal has waited [0-9]* ms for $other, which is blocked and holds 1 command" ||
		fail "the log does not say what the removal waits for: $(cat "$GUARD"/devices)"
	running delete || fail "it was ended"
	flaky unblock "$other"
	wait_for 10 ended delete || fail "the removal did not end with the block"
	wait_for 10 ended pending || fail "the write did not end with the block"
	[ "$(status_of pending)" = 0 ] || fail "the write failed"
	expect_counter commands_killed 0
	note "waits for the path of LUN 1, and says so"
}
