# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="all LUNs blocked, one with a command pending, and the host goes: LUN 0's removal waits for LUN 1"
PATHS="P4 P5"
REQUIRES="scsi_flaky"

# The commonest case: a path fault. Stock takes LUN 0 to its end without a flush, so nothing waits at it,
# and its removal waits for LUN 1 all the same.
prepare() {
	virtio_disks
	pending=$(disk 1)
	block_target
	spawn pending write_blocks "$pending"
	expect_wait pending blkdev_write_iter
	spawn unplug unplug_virtio
}

stock() {
	expect_hang unplug blk_mq_freeze_queue_wait 4
}

guard() {
	expect_end unplug 8
	wait_for 8 ended pending || fail "the write still waits"
	expect_counter flushes_killed 2
	expect_message "1: scsi_lifecycle: blocked for at least [0-9]* ms, killed 1 command"
}

upstream() {
	expect_end unplug 8
	wait_for 8 ended pending || fail "the write still waits"
	[ "$(dmesg | grep -c "failing its commands")" = 2 ] || fail "not one message each"
}
