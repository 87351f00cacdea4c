# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the device's teardown_tmo beats its host's, which beats the module's"
PATHS="P1"
REQUIRES="scsi_flaky"
GUARD_ONLY="stock has no time to set"

prepare() {
	debug_disks 2
	limit teardown_tmo off
	write 30 "/sys/bus/scsi/devices/host$(debug_host)/teardown_tmo"
	write 1 "$(device 0)/teardown_tmo"
	stop_luns 0 1
	lun 1 >/run/lun1
	spawn delete0 delete 0
}

guard() {
	expect_end delete0 5 >/dev/null
	spawn delete1 delete 1
	expect_hang delete1 blk_execute_rq 3
	grep -q "^$(cat /run/lun1) state=cancel blocked=yes since=[0-9]* deadline=2[0-9]* holds=0 waits_for=path " "$GUARD"/devices ||
		fail "the view does not say so: $(cat "$GUARD"/devices)"
	write 0 "/sys/bus/scsi/devices/host$(debug_host)/teardown_tmo"
	wait_for 5 ended delete1 || fail "the host's override is not seen while it waits"
	expect_counter flushes_killed 2
	# The device's own directory goes when its removal begins, its node's stays.
	rescan
	wait_for_disks
	write off "/sys/bus/scsi/devices/host$(debug_host)/teardown_tmo"
	stop_lun 1
	spawn delete2 delete 1
	expect_wait delete2 blk_execute_rq
	[ ! -e "/sys/bus/scsi/devices/$(cat /run/lun1)/teardown_tmo" ] || fail "the device's own is still there"
	write 0 "/sys/class/scsi_lifecycle/$(cat /run/lun1)/teardown_tmo"
	wait_for 5 ended delete2 || fail "the node's override is not seen while it waits"
	note "in that order"
}
