# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a reference is never put: the LLD's unload waits for it, until this module goes"
PATHS=
REQUIRES="scsi_flaky scsi_holder"
GUARD_ONLY="stock refuses a reference on a device whose LLD is being unloaded"

prepare() {
	debug_disks 2
	held=$(lun 1) blocked=$(lun 0)
	limit teardown_tmo off
	stop_lun 0
	spawn rmmod rmmod scsi_debug
	expect_wait rmmod blk_execute_rq
}

guard() {
	module scsi_holder device="$held" forget=1
	flaky unblock "$blocked"
	wait_for 20 waits_in rmmod scl_references_drain || fail "rmmod does not wait for the reference"
	rmmod scsi_holder
	spawn unload rmmod scsi_lifecycle
	wait_for 20 ended unload || fail "the module cannot be unloaded"
	wait_for 20 ended rmmod || fail "the unload of the LLD goes on waiting"
	expect_message "scsi_lifecycle: never put: 0 active, 1 passive"
	modprobe virtio_scsi || fail "no module can be loaded"
	note "ended by the unload of the module, and said"
}
