# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a removal's grace periods are expedited, for as long as it takes steps, and the rest of the machine's are not"
PATHS=
REQUIRES="scsi_flaky"
SKIPS="6.1-debug 6.1-kcsan"

prepare() {
	use rcu
	debug_disks 3
	trace_periods
}

# The unload of any module waits for one at least.
unload_flaky() { rmmod scsi_flaky || fail "scsi_flaky cannot be unloaded"; }
is_as_ever() {
	[ -e /sys/module/scsi_flaky ] || load_flaky
	[ "$(waits unload_flaky)" -ge 1 ]
}
comes_to_an_end() { wait_for 10 is_as_ever || fail "$1 grace periods are expedited still"; }

is_back() { [ -e "$(device 1)" ]; }

stock() {
	number=$(waits delete 2)
	[ "$number" -ge 1 ] || fail "it waits for no grace period: this shows nothing"
	is_as_ever || fail "the unload of a module waits for none: this shows nothing"
	note "$number grace periods"
}

guard() {
	number=$(waits delete 2)
	[ "$number" = 0 ] || fail "$number are not expedited"
	comes_to_an_end "after a removal"

	load_flaky
	limit teardown_tmo off
	stop_lun 0
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	comes_to_an_end "while a removal hangs"
	load_flaky
	flaky unblock "$(lun 0)"
	limit teardown_tmo 0
	wait_for 10 ended delete || fail "the removal did not end"

	write N /sys/module/scsi_lifecycle/parameters/expedite
	comes_to_an_end "refused,"
	[ "$(waits delete 1)" -ge 1 ] || fail "they are expedited although that is refused"
	write Y /sys/module/scsi_lifecycle/parameters/expedite
	rescan
	wait_for 20 is_back || fail "the rescan found nothing"
	wait_for_disks
	delete 1
	rmmod scsi_lifecycle || fail "it cannot be unloaded"
	is_as_ever || fail "unloaded, it leaves grace periods expedited"
	note "none that is not expedited"
}
