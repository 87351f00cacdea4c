# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="whose time was up on a dying host, while another is held, is not held any more"
PATHS="P3"
REQUIRES="scsi_flaky"
GUARD_ONLY="stock has no time to set"

prepare() {
	load_debug max_luns=2
	load_flaky
	write 8 /sys/module/scsi_lifecycle/parameters/hold_max
}

is_cut_off() { grep -q "^$(lun 1) state=offline blocked=no " "$GUARD"/devices; }

guard() {
	hold 0
	for each in 0 1; do
		flaky block "$(lun $each)"
		flaky offline "$(lun $each)"
	done
	spawn rmmod rmmod scsi_debug
	wait_for 6 is_cut_off || fail "LUN 1 waits as long as LUN 0: $(cat "$GUARD"/devices)"
	tried=$(node try "$(node_of 1)" hold release | xargs)
	[ "$tried" = "hold=-ENODEV release=-EINVAL" ] || fail "$tried"
	expect_end rmmod 20 >/dev/null
	expect_counter flushes_killed 2
	note "refused, as the time of LUN 1 was up"
}
