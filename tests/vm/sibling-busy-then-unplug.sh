# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a host goes whose LLD takes no write for LUN 1, which has its path: LUN 0's removal waits for LUN 1 as on stock"
PATHS="P4"
REQUIRES="scsi_stubborn"

prepare() {
	use busy
	write_to_busy_lun
	spawn unplug write 1 "$(echo /sys/devices/*/unplug)"
}

# Nothing of a LUN that has its path is failed.
stock() {
	expect_hang unplug blk_mq_freeze_queue_wait 6
	write_is_taken
	wait_for 20 ended unplug || fail "the unplug goes on waiting"
}

guard() {
	stock
	expect_counter commands_killed 0
	expect_counter flushes_killed 0
	note "waits for the LLD"
}

livepatch() { guard; }
