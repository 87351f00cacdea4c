# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the module is unloaded while 8 removals wait: the unload ends, and they wait on as on stock"
PATHS="P1"
REQUIRES="scsi_flaky"
GUARD_ONLY="its subject is the module's own unloading"

hosts=$(seq 8)

prepare() {
	modprobe st || fail "modprobe st failed"
	debug_disks 1 add_host=8
	limit teardown_tmo off
	for each in $hosts; do
		stop_lun 0 0 "$each"
		lun 0 0 "$each" >"/run/lun$each"
		spawn "delete$each" delete 0 0 "$each"
		expect_wait "delete$each" blk_execute_rq
	done
}

guard() {
	[ "$(grep -c 'state=cancel blocked=yes' "$GUARD"/devices)" = 8 ] || fail "not 8 removals wait"
	listen
	spawn unload rmmod scsi_lifecycle
	expect_end unload 10
	grep -q ' st$' /proc/devices ||
		fail "with its own device numbers it gave back those of the tapes, of which there are as many"
	events_end
	! heard SCSI_LIFECYCLE_REMOVED || fail "told as removed: $(grep SCSI_LIFECYCLE_REMOVED /run/events)"
	for each in $hosts; do
		expect_hang "delete$each" blk_execute_rq 1
	done
	flaky unblock "$(cat /run/lun1)"
	wait_for 10 ended delete1 || fail "stock's own unblock does not end it"
	load_guard teardown_tmo=1
	for each in $hosts; do
		wait_for 10 ended "delete$each" || fail "loaded again, it does not end removal $each"
	done
	expect_counter rescued 7
	rmmod scsi_lifecycle || fail "it cannot be unloaded again"
	rmmod scsi_debug || fail "a device reference was left behind"
	note "unloads, and rescues 7 when loaded again"
}
