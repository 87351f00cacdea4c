# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a blocked disk goes offline and its LLD is unloaded: rmmod never returns"
PATHS="P3"
UPSTREAM_TMO=30
REQUIRES="scsi_flaky"

prepare() {
	debug_disks
	dirty 0
	stop_target
	spawn rmmod rmmod scsi_debug
}

stock() {
	expect_hang rmmod blk_execute_rq 4
	grep -q '^scsi_debug .* Unloading' /proc/modules || fail "scsi_debug is not being unloaded"
}

guard() {
	expect_end rmmod 6
	expect_counter flushes_killed 1
	[ ! -e /sys/module/scsi_debug ] || fail "scsi_debug is still there"
}

# The transport's own unblock reaches a device of an LLD that is being unloaded.
livepatch() {
	write 30 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	expect_wait rmmod blk_execute_rq
	flaky unblock "$(target_of "$(debug_host):0:0:0")"
	expect_end rmmod 10
	expect_counter flushes_completed 1
	note "the path comes back, the flush completes in $(took rmmod) ms"
}

upstream() {
	wait_for 10 waits_in rmmod blk_execute_rq || fail "rmmod does not wait"
	flaky unblock "$(target_of "$(debug_host):0:0:0")"
	expect_end rmmod 10
	! said "Synchronize Cache(10) failed" || fail "the flush failed"
	[ ! -e /sys/module/scsi_debug ] || fail "scsi_debug is still there"
	note "the path comes back, the flush completes in $(took rmmod) ms"
}
