# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a udev rule sets the time of each device that comes, and always finds its attributes"
PATHS=
REQUIRES="scsi_flaky"
USER_SPACE=debian
GUARD_ONLY="stock has no such attribute"

CLASS=/sys/class/scsi_lifecycle

prepare() {
	use udev
	mkdir -p /run/udev/rules.d
	{
		printf 'SUBSYSTEM=="scsi_lifecycle", ACTION=="add", ATTR{state}=="running", ATTR{number}=="[0-9]*", '
		echo 'TEST=="/sys/bus/scsi/devices/%k/teardown_tmo", ATTR{teardown_tmo}="7"'
	} >/run/udev/rules.d/70-policy.rules
	udevadm control --reload || fail "udevd does not read its rules"
	debug_disks 16
	settle
}

guard() {
	for each in $(seq 0 15); do
		policy=$(cat "$CLASS/$(lun "$each")/teardown_tmo" 2>&1)
		[ "$policy" = 7 ] || fail "teardown_tmo of $(lun "$each") is '$policy', not 7"
	done
	stop_lun 3
	spawn delete delete 3
	expect_end delete 10
	[ "$(took delete)" -ge 6500 ] || fail "it was given $(took delete) ms, not 7 s"
}
