# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a blocked disk goes offline and its LLD is unloaded: rmmod never returns"
PATHS="P3"
REQUIRES="scsi_flaky"

prepare() {
	load_debug
	load_flaky
	write_blocks "$(disk 0)"
	flaky block "$(target_of "$(lun 0)")"
	flaky offline "$(lun 0)"
	spawn rmmod rmmod scsi_debug
}

stock() {
	expect_hang rmmod blk_execute_rq 4
	grep -q '^scsi_debug .* Unloading' /proc/modules || fail "scsi_debug is not being unloaded"
}

guard() {
	expect_end rmmod 6
	expect_counter flushes_killed 1
	[ ! -e /sys/module/scsi_debug ] || fail "scsi_debug is still there"
}
