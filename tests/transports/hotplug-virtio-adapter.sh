# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="virtio-scsi: the hypervisor takes an adapter away that has a LUN whose queue is stopped and that is offline"
PATHS="P3"
REQUIRES="virtio_scsi scsi_flaky"
USER_SPACE=debian
HOTPLUG=1

# LUN 1 has its path. Both have something to flush.
prepare() {
	use udev
	use hotplug
	use row
	hot_luns 2
	load_flaky
	written 0 1
	stop_lun 0
	expect_removal removal 0
	expect_removal sibling 1
	spawn unplug adapter_goes
}

# By ACPI: the guest lets go of the adapter, and then the hypervisor takes it away.
stock() {
	expect_kernel_wait sd_sync_cache
	! wait_for 15 ended unplug || fail "the adapter goes"
	expect_kernel_wait sd_sync_cache
	row unplug removal sibling
}

guard() {
	expect_end unplug 8
	expect_end removal 6
	expect_end sibling 6
	expect_message " 0:0:0:0: scsi_lifecycle: cache flush lost"
	expect_counter flushes_killed 1
	expect_counter flushes_completed 1
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not the one of LUN 1"
	row unplug removal sibling
	plug hot virtio-scsi-pci,bus=root
	plug disk0 scsi-hd,bus=hot.0,scsi-id=0,lun=0,drive=hot0
	wait_for 20 there 0 || fail "the LUN does not come back with the adapter"
	dirty 0
	delete 0
	[ "$(target_flushes)" = 2 ] || fail "the new LUN is not flushed"
}

livepatch() { guard; }
