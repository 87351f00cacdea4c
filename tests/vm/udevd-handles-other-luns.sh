# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="while udevd is stuck with one LUN and another is deleted, it handles the events of a third LUN of that host"
PATHS=
USER_SPACE=debian

prepare() {
	use udev
	watched_disks 3
	stuck=$(disk 1) third=$(disk 2)
	mkdir -p /run/udev/rules.d
	cat >/run/udev/rules.d/10-stuck.rules <<EOF
ACTION=="change", KERNEL=="$stuck", PROGRAM="/bin/sh -c ': >/run/begun; while [ -e /run/stuck ]; do sleep 0.1; done'"
EOF
	udevadm control --reload || fail "udevd reads no rules"
	: >/run/stuck
	monitor
	write change "/sys/block/$stuck/uevent"
	wait_for 20 [ -e /run/begun ] || fail "udevd does not begin with $stuck"
	spawn delete delete 0
	expect_end delete 20
}

handled() { grep -q "^UDEV.* change .*/block/$third (block)" "$MONITOR"; }
removal_told() { grep -q "^KERNEL.* change .*/host$(debug_host)[ /]" "$MONITOR"; }

goes_on() {
	write change "/sys/block/$third/uevent"
	wait_for 20 handled || fail "udevd waits: $(cat "$MONITOR")"
	[ -e /run/stuck ] || fail "udevd was not stuck"
	! grep -q "^UDEV.* change .*/block/$stuck " "$MONITOR" || fail "udevd is done with $stuck"
	rm /run/stuck
	settle 20
}

stock() { goes_on; }
guard() {
	wait_for 20 removal_told || fail "the end of the removal is not told: $(cat "$MONITOR")"
	goes_on
}
