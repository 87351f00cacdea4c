# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="where any allocation of a load fails, what was done before it is undone; and a hundred loads leave no memory behind"
PATHS=
TIMEOUT=2400
REQUIRES="scsi_flaky /proc/self/fail-nth"
SKIPS="6.1 6.12 7.2 6.1-kcsan"
GUARD_ONLY="stock has no such load"
EXPECTED='scsi_lifecycle: (no memory|cannot be remembered)|Unknown symbol|event_define_fields'

prepare() {
	use memory
	debug_disks 2
	allocations_may_fail
}

# A node that is open and held, a removal that is bounded, and one that flushes.
use_it() {
	limit teardown_tmo 0
	hold 1
	stop_lun 0
	delete 0
	kill "$(cat "$RUN"/holder1/pid)"
	delete 1
	rescan
	wait_for_disks
}

guard() {
	starve write /sys/class/scsi_lifecycle/rescue 1 || fail "rescue"
	rmmod scsi_lifecycle
	starve load /modules/scsi_lifecycle.ko || fail "the module did not come and go"
	for round in $(seq 100); do
		load_guard
		use_it
		wait_for 20 rmmod scsi_lifecycle || fail "the module cannot be unloaded in round $round"
	done
	note "100 rounds"
}
