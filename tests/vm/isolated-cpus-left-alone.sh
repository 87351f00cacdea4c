# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a machine that isolates CPUs has no grace period expedited for a removal, unless its administrator asks for that"
PATHS=
REQUIRES="scsi_flaky"
GUARD_ONLY="its subject is what the module adds"
WORDS=isolcpus=1
SKIPS="6.1-debug 6.1-kcsan"

prepare() {
	use rcu
	debug_disks 3
	[ "$(cat /sys/devices/system/cpu/isolated)" = 1 ] || fail "no CPU is isolated: this shows nothing"
	trace_periods
}

guard() {
	[ "$(cat /sys/module/scsi_lifecycle/parameters/expedite)" = N ] || fail "expedite is not N"
	number=$(waits delete 2)
	[ "$number" -ge 1 ] || fail "its grace periods are expedited"
	write Y /sys/module/scsi_lifecycle/parameters/expedite
	[ "$(cat /sys/module/scsi_lifecycle/parameters/expedite)" = Y ] || fail "expedite is not Y"
	[ "$(waits delete 1)" = 0 ] || fail "asked for, they are not expedited"
	note "$number grace periods, as on stock"
}
