# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="on a host that is being removed, a device that has expired cannot be held, also while another one is"
PATHS="P3"
REQUIRES="scsi_flaky"
GUARD_ONLY="stock has no time to set"

prepare() {
	debug_disks 2
	limit hold_max 8
}

is_cut_off() { grep -q "^$(lun 1) state=offline blocked=no " "$GUARD"/devices; }

guard() {
	hold 0
	stop_luns 0 1
	spawn rmmod rmmod scsi_debug
	wait_for 6 is_cut_off || fail "LUN 1 waits as long as LUN 0: $(cat "$GUARD"/devices)"
	tried=$(node try "$(node_of 1)" hold release | xargs)
	[ "$tried" = "hold=-ENODEV release=-EINVAL" ] || fail "$tried"
	expect_end rmmod 20 >/dev/null
	expect_counter flushes_killed 2
	note "refused, as the time of LUN 1 was up"
}
