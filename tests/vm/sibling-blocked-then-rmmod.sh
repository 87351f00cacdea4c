# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="rmmod of the LLD removes LUN 0 and waits for a command parked at LUN 1, which is blocked"
PATHS="P4 P2"
REQUIRES="scsi_flaky"

# A command that pends while no process has the disk open, else rmmod would be refused: the rescan that
# bringing an offline disk back begins with.
prepare() {
	virtio_disks
	stop_lun 1
	park_rescan online 1
	spawn rmmod rmmod virtio_scsi
}

stock() {
	expect_hang rmmod blk_mq_freeze_queue_wait 4
}

guard() {
	expect_end rmmod 8
	expect_end online 8
	[ "$(counter commands_killed)" -ge 1 ] || fail "no command was killed"
	expect_message "1:.*scsi_lifecycle: blocked for at least [0-9]* ms, killed 1 command"
}
