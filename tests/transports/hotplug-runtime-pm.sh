# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="virtio-scsi: two LUNs that runtime PM has suspended are unplugged, of which one has a stopped queue"
PATHS="P13"
REQUIRES="virtio_scsi scsi_flaky"
USER_SPACE=debian
HOTPLUG=1

prepare() {
	use udev
	use hotplug
	use row
	hot_luns 2
	load_flaky
	written 0 1
	for each in 0 1; do
		write 1 "/sys/class/scsi_disk/$(lun $each)/manage_runtime_start_stop" ||
			write 1 "/sys/class/scsi_disk/$(lun $each)/manage_start_stop" || fail "sd does not stop a disk"
		write 0 "$(device $each)/power/autosuspend_delay_ms"
		write auto "$(device $each)/power/control"
		wait_for 20 suspended $each || fail "LUN $each is $(cat "$(device $each)/power/runtime_status")"
	done
	[ "$(target_flushes)" = 2 ] || fail "the LUNs were not flushed when they were suspended"
	expect_removal healthy 1
	unplug disk1
	expect_end healthy 5
	stop_lun 0
	expect_removal stopped 0
	unplug disk0
}
suspended() { [ "$(cat "$(device "$1")/power/runtime_status")" = suspended ]; }

# A device is resumed to be removed, and sd has it started for that.
stock() {
	expect_kernel_wait scsi_runtime_resume
	! wait_for 10 ended stopped || fail "the removal does not hang"
	row healthy stopped
}

# Both were flushed when they were suspended.
guard() {
	expect_end stopped 6
	row healthy stopped
	expect_counter flushes_none 2
	expect_counter commands_killed 1
	[ "$(device_messages)" = 1 ] || fail "more is said than of the one command"
}

livepatch() { guard; }
