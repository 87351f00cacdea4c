# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a command parked at LUN 1 has the host's only tag, and the LLD is unloaded: LUN 0's flush waits for it"
PATHS="P16"
REQUIRES="scsi_flaky"

# As in sibling-blocked-then-rmmod: a command that pends while no process has the disk open.
prepare() {
	disks_with_one_tag
	stop_lun 1
	park_rescan online 1
	spawn rmmod rmmod scsi_debug
}

stock() {
	expect_hang rmmod blk_mq_get_tag 4
}

guard() {
	wait_for 10 waits_or_ended rmmod blk_mq_get_tag || fail "rmmod does not wait for a tag"
	running rmmod || fail "rmmod did not wait for a tag"
	expect_end rmmod 8
	expect_end online 8
	expect_message "1:.*scsi_lifecycle: blocked for at least [0-9]* ms, killed 1 command"
	# LUN 0 is healthy: once it has a tag, its flush is sent.
	expect_counter flushes_completed 1
}
