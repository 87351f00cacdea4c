# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="as held-over-unload, and the module is loaded when the host's template does not name its LLD any more"
PATHS="P3"
REQUIRES="scsi_flaky scsi_holder"
GUARD_ONLY="stock refuses a reference on a device whose LLD is being unloaded"
LATE=1
WORDS=slub_debug=FZPU

# Once the first device of an LLD that is being unloaded is released, 6.1 forgets its module in the template.
prepare() {
	debug_disks 3
	first=/sys/class/scsi_device/$(lun 0) blocked=$(lun 1) held=$(lun 2)
	stop_lun 1
	spawn rmmod rmmod scsi_debug
	wait_for 10 released || fail "LUN 0 was not removed"
	expect_wait rmmod blk_execute_rq
}

released() { [ ! -e "$first" ]; }

guard() {
	load_guard teardown_tmo=off
	module scsi_holder device="$held"
	flaky unblock "$blocked"
	expect_hang rmmod scl_references_drain 3
	rmmod scsi_holder
	wait_for 10 ended rmmod || fail "the unload goes on waiting"
	note "the unload waits at the gate for the holder"
}
