# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="virtio-scsi: a LUN whose queue is stopped is unplugged, and the machine is to be suspended meanwhile"
PATHS="P1"
REQUIRES="virtio_scsi scsi_flaky"
USER_SPACE=debian
HOTPLUG=1

# The kernel thaws the machine after five seconds, in which the processes that tell how long it took are frozen too.
prepare() {
	use udev
	use hotplug
	use row
	hot_luns 2
	load_flaky
	written 0 1
	stop_lun 0
	expect_removal removal 0
	unplug disk0
	expect_kernel_wait sd_sync_cache
	write freezer /sys/power/pm_test || fail "the kernel has no pm_test"
	spawn suspend suspend
	: >/run/suspend
}
suspend() {
	until [ -e /run/suspend ]; do sleep 0.05; done
	write freeze /sys/power/state
}

# The worker that removes the LUN is one that is to freeze first.
stock() {
	wait_for 60 ended suspend || fail "the machine neither suspends nor says so"
	[ "$(status_of suspend)" != 0 ] || fail "the machine is suspended"
	expect_message "Freezing .* failed after .* wq_busy=1"
	expect_kernel_wait sd_sync_cache
	row removal suspend
}

guard() {
	wait_for 60 ended suspend || fail "the machine neither suspends nor says so"
	[ "$(status_of suspend)" = 0 ] || fail "the machine is not suspended"
	wait_for 5 ended removal || fail "the removal does not end"
	expect_message " 0:0:0:0: scsi_lifecycle: cache flush lost"
	row removal suspend
	write devices /sys/power/pm_test
	write freeze /sys/power/state || fail "the machine cannot suspend its devices"
	[ "$(target_flushes)" = 1 ] || fail "the LUN that stays is not flushed when it is suspended"
	plug disk0 scsi-hd,bus=hot.0,scsi-id=0,lun=0,drive=hot0
	wait_for 20 there 0 || fail "the LUN does not come back"
}

livepatch() { guard; }
