# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="virtio-scsi: the hypervisor takes a LUN away whose queue is stopped and that is offline"
PATHS="P1"
REQUIRES="virtio_scsi scsi_flaky"
USER_SPACE=debian
HOTPLUG=1

prepare() {
	use udev
	use hotplug
	use row
	hot_luns 2
	load_flaky
	written 0
	stop_lun 0
	expect_removal removal 0
	unplug disk0
	wait_for 5 unplugged disk0 || fail "the hypervisor has the LUN still"
	plug disk2 scsi-hd,bus=hot.0,scsi-id=0,lun=2,drive=medium
}

# Another LUN comes behind it.
stock() {
	expect_kernel_wait sd_sync_cache
	! wait_for 15 ended removal || fail "the removal does not hang"
	expect_kernel_wait sd_sync_cache
	! there 2 || fail "another LUN is found meanwhile"
	row removal
}

guard() {
	expect_end removal 6
	expect_message " $(lun 0): scsi_lifecycle: cache flush lost"
	expect_counter flushes_killed 1
	wait_for 10 there 2 || fail "the other LUN does not come"
	row removal
	plug disk0 scsi-hd,bus=hot.0,scsi-id=0,lun=0,drive=hot0
	wait_for 10 there 0 || fail "the LUN does not come back"
	dirty 0
	delete 0
	[ "$(target_flushes)" = 1 ] || fail "the new LUN is not flushed"
}

livepatch() { guard; }
