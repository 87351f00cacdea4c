# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="reboot with two blocked disks, of which one has no write cache: its write is killed, and no flush of it is said to be lost"
PATHS="P11"
REQUIRES="scsi_flaky"
GUARD_ONLY="stock does not say what is lost"

# The disk with a cache keeps the reboot until both have expired, and the poll comes to LUN 0 first.
prepare() {
	debug_disks 2
	limit reboot_tmo 2
	write "temporary write through" "/sys/class/scsi_disk/$(lun 0)/cache_type"
	dirty 1
	disk0=$(disk 0)
	flaky block "$(lun 0)"
	flaky block "$(lun 1)"
	spawn writer write_blocks "$disk0"
	expect_wait writer blkdev_write_iter
}

guard() {
	rebooting 10 1900 "$(lun 0): scsi_lifecycle: blocked for at least"
	spawn reboot reboot -f
	wait_forever
}
