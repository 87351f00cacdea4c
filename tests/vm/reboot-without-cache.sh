# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="reboot with two blocked disks, of which one has no write cache: its write is killed, and no flush of it is said to be lost"
PATHS="P11"
REQUIRES="scsi_flaky"
GUARD_ONLY="stock does not say what is lost"

# The other one keeps the reboot until both are cut off, and the look comes to this one first.
prepare() {
	load_debug max_luns=2
	load_flaky
	limit reboot_tmo 2
	write "temporary write through" "/sys/class/scsi_disk/$(lun 0)/cache_type"
	write_blocks "$(disk 1)"
	disk0=$(disk 0)
	flaky block "$(lun 0)"
	flaky block "$(lun 1)"
	spawn writer write_blocks "$disk0"
	wait_for 10 waits_in writer blkdev_write_iter || fail "no write is parked"
}

guard() {
	rebooting 10 1900 "$(lun 0): scsi_lifecycle: blocked for at least"
	spawn reboot reboot -f
	wait_forever
}
