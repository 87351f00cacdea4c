# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="usb-storage and uas: a disk is pulled whose queue is stopped and that is offline, and another is plugged in"
PATHS="P3"
REQUIRES="usb-storage uas scsi_flaky"
USER_SPACE=debian
HOTPLUG=1

prepare() {
	use udev
	use hotplug
	use row
	monitor_up
	load_flaky
	count_flushes
	pull_stopped usb-storage
}

pull_stopped() {
	usb_disk "$1"
	written 0
	stop_lun 0
	expect_removal "$1" 0
	unplug "$1"
	wait_for 5 unplugged "$1" || fail "the machine has the disk still"
}

# What hangs is the worker of the USB hub: its other ports are not looked at either.
stock() {
	expect_kernel_wait sd_sync_cache
	expect_kernel_wait usb_disconnect
	plug_usb uas
	! wait_for 15 there 0 || fail "another USB disk is found meanwhile"
	running usb-storage || fail "the removal does not hang"
	row usb-storage
}

guard() {
	expect_end usb-storage 6
	pull_stopped uas
	expect_end uas 6
	expect_counter flushes_killed 2
	row usb-storage uas
	usb_disk usb-storage
	usb_disk uas
}

livepatch() { guard; }
