# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD of two blocked disks is unloaded: the path of one comes back, the other's does not"
EACH_KERNEL=1
PATHS="P5 P3"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"

prepare() {
	debug_disks 2
	trace_on
	dirty 0 1
	first=$(lun 0) second=$(lun 1)
	flaky block "$(target_of "$first")"
	limit teardown_tmo 4
	spawn rmmod rmmod scsi_debug
}

stock() {
	expect_end rmmod 10
	[ "$(flushes_sent)" = 0 ] || fail "a flush was sent"
	note "loses both flushes"
}

guard() {
	expect_end rmmod 10
	[ "$(flushes_sent)" = 0 ] || fail "a flush was sent"
	[ "$(dmesg | grep -c 'scsi_lifecycle: cache flush lost: removed while blocked')" = 2 ] ||
		fail "not one message each"
	expect_counter flushes_killed 2
	note "reports both lost flushes"
}

livepatch() {
	expect_wait rmmod blk_execute_rq
	flaky unblock "$first"
	expect_end rmmod 12
	[ "$(took rmmod)" -ge 4000 ] || fail "it was not given its time"
	[ "$(flushes_sent)" = 1 ] || fail "$(flushes_sent) flushes were sent, not 1"
	expect_counter flushes_completed 1
	expect_counter flushes_killed 1
	[ "$(dmesg | grep -c '1: .*scsi_lifecycle: cache flush lost: blocked for at least')" = 1 ] ||
		fail "not one message"
	note "one flush completes, one is killed at the deadline, in $(took rmmod) ms"
}

upstream() {
	wait_for 10 waits_in rmmod blk_execute_rq || fail "rmmod does not wait"
	flaky unblock "$first"
	expect_end rmmod 12
	[ "$(took rmmod)" -ge 4000 ] || fail "it was not given its time"
	[ "$(flushes_sent)" = 1 ] || fail "$(flushes_sent) flushes were sent, not 1"
	expect_expired "$second"
	! said " $first: .*failing its commands" || fail "the other one is said to be lost"
	note "one flush completes, one fails at the deadline, in $(took rmmod) ms"
}
