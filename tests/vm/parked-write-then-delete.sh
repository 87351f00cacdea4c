# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a disk without a cache, blocked and offline with a write parked: no flush, and yet the removal hangs"
PATHS="P13"
REQUIRES="scsi_flaky"

prepare() {
	debug_disks 1 opts=0x1000
	flaky block "$(lun 0)"
	park_write writer 0 blkdev_write_iter
	flaky offline "$(lun 0)"
	spawn delete delete 0
}

stock() {
	expect_hang delete del_gendisk 4
}

guard() {
	expect_end delete 6
	expect_end writer 8
	expect_counter flushes_killed 0
	expect_counter flushes_none 1
	expect_counter commands_killed 1
}

livepatch() { guard; }

upstream() {
	expect_end delete 6
	expect_end writer 8
	expect_expired "$(lun 0)"
}
