# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a reference is never put: the LLD's unload waits for it, until this module goes"
PATHS=
REQUIRES="scsi_flaky scsi_holder"
GUARD_ONLY="stock refuses a reference on a device whose LLD is being unloaded"

prepare() {
	load_debug max_luns=2
	load_flaky
	held=$(lun 1) blocked=$(lun 0)
	write off /sys/module/scsi_lifecycle/parameters/teardown_tmo
	flaky block "$blocked"
	flaky offline "$blocked"
	spawn rmmod rmmod scsi_debug
	wait_for 10 waits_in rmmod blk_execute_rq || fail "rmmod does not wait"
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
