# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a device of an LLD that is being unloaded is held: the LLD's text stays until it is put"
PATHS="P3"
REQUIRES="scsi_flaky scsi_holder"
GUARD_ONLY="stock refuses a reference on a device whose LLD is being unloaded"
WORDS=slub_debug=FZPU

prepare() {
	debug_disks 2
	held=$(lun 1)
	limit teardown_tmo off
	module scsi_holder device="$held"
	! rmmod scsi_debug 2>/dev/null || fail "a reference does not hold a live LLD"
	rmmod scsi_holder
	blocked=$(lun 0)
	stop_lun 0
	spawn rmmod rmmod scsi_debug
	expect_wait rmmod blk_execute_rq
}

no_host() { [ -z "$(debug_host)" ]; }

refused() { ! insmod /modules/scsi_holder.ko device="$1" 2>/dev/null || fail "scsi_holder takes $1"; }

guard() {
	refused nonsense
	refused "$blocked"
	expect_message "holder: $blocked: scsi_device_get() says -6, scsi_lifecycle_get() -6"
	module scsi_holder device="$held"
	expect_message "holder: $held: scsi_device_get() says -6, scsi_lifecycle_get() 0"
	grep -q "^$held .* references=1 " "$GUARD"/devices || fail "not in devices: $(cat "$GUARD"/devices)"
	flaky unblock "$blocked"
	wait_for 20 no_host || fail "the hosts do not go"
	expect_hang rmmod scl_references_drain 3
	wait_for 20 said "the unload of scsi_debug waits for 1 reference on 1 device, one of them $held\$" ||
		fail "the log does not say what the unload waits for"
	[ "$(cat /sys/module/scsi_debug/initstate)" = going ] || fail "the LLD is not going"
	rmmod scsi_holder
	wait_for 10 ended rmmod || fail "the unload goes on waiting"
	expect_counter flushes_completed 2
	load_debug
	note "the unload waits at the gate for the holder"
}
