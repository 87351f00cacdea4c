# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a removal hangs in del_gendisk, and keeps the host's other disks from coming, going or changing"
PATHS="P15"
REQUIRES="scsi_flaky"
SKIPS="6.1 6.12 6.1-debug"

# Where del_gendisk() holds the tag set's update_nr_hwq_lock while it waits for a disk. LUN 1 goes and LUN 2
# comes by sd's unbind and bind, which take no scan_mutex: for that any kernel's removals wait.
prepare() {
	debug_disks 4
	scheduler=/sys/block/$(disk 3)/queue/scheduler
	write "$(lun 2)" /sys/bus/scsi/drivers/sd/unbind
	limit teardown_tmo 8
	exec 9<>"/dev/$(disk 0)"
	dd if=/dev/zero bs=4096 count=4 >&9 2>/dev/null
	flaky quiesce "$(lun 0)"
	spawn delete delete 0
	expect_wait delete del_gendisk
	spawn unbind write "$(lun 1)" /sys/bus/scsi/drivers/sd/unbind
	! wait_for 3 ended unbind || skip "here a removal that hangs lets the host's other disks go"
	waits_in unbind del_gendisk || fail "the unbind does not wait in del_gendisk"
	spawn bind write "$(lun 2)" /sys/bus/scsi/drivers/sd/bind
	wait_for 2 waits_in bind add_disk_fwnode || fail "the bind does not wait for the lock"
	! write none "$scheduler" 2>/run/why || fail "the scheduler was changed"
	grep -q busy /run/why || fail "the scheduler: $(cat /run/why)"
}

stock() {
	expect_hang unbind del_gendisk 3
	expect_hang bind add_disk_fwnode 1
	expect_hang delete del_gendisk 1
}

guard() {
	expect_end unbind 12 >/dev/null
	expect_end bind 12 >/dev/null
	expect_end delete 12
	wait_for 5 write none "$scheduler" || fail "the scheduler cannot be changed"
	expect_counter flushes_killed 0
}

livepatch() { guard; }
