# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="two blocked LUNs of a host that is removed wait together: one teardown_tmo"
PATHS="P3 P5"
REQUIRES="scsi_flaky"
GUARD_ONLY="blocked-then-rmmod shows stock; this is about the time that two wait together"

prepare() {
	debug_disks 2
	limit teardown_tmo 6
	first=$(lun 0) second=$(lun 1)
	for each in 0 1; do
		dirty $each
		stop_lun $each
	done
	spawn rmmod rmmod scsi_debug
}

guard() {
	expect_end rmmod 11
	[ "$(took rmmod)" -ge 6000 ] || fail "they were not given teardown_tmo"
	expect_counter flushes_killed 2
}

livepatch() { guard; }

upstream() {
	expect_end rmmod 11
	[ "$(took rmmod)" -ge 6000 ] || fail "they were not given teardown_tmo"
	expect_expired "$first"
	expect_expired "$second"
}
