# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a quiesced disk with dirty pages is deleted: del_gendisk waits to enter its queue"
PATHS="P12"
REQUIRES="scsi_flaky"

prepare() {
	debug_disks
	trace_on
	exec 9<>"/dev/$(disk 0)"
	dd if=/dev/zero bs=4096 count=4 >&9 2>/dev/null
	flaky quiesce "$(lun 0)"
	spawn delete delete 0
}

stock() {
	expect_hang delete del_gendisk 4
}

# There is a path: its flush is let through. Its last writes fail, as in any removal on stock: nothing but
# the driver's own commands passes in SDEV_CANCEL.
guard() {
	expect_end delete 6
	[ "$(flushes_sent)" -ge 1 ] || fail "the flush was not sent"
	expect_counter flushes_completed 1
	expect_counter flushes_killed 0
}

livepatch() { guard; }
