# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="with a udevd, one of two optical drives of a blocked target is deleted: it does not wait for the other"
PATHS="P4"
REQUIRES="scsi_flaky sr_mod"
USER_SPACE=debian

drives_there() { [ -b /dev/sr0 ] && [ -b /dev/sr1 ]; }

prepare() {
	use udev
	modprobe sr_mod
	modprobe scsi_debug ptype=5 max_luns=2 || fail "modprobe scsi_debug failed"
	wait_for 60 drives_there || fail "the drives do not come"
	load_flaky
	settle
	watch 0 1
	block_and_see "$(target_of "$(lun 0)")"
	spawn delete delete 0
}

ends_within() {
	expect_end delete "$1"
	settle 10
	expect_no_holder sr0 sr1
}

stock() { ends_within 2; }
guard() { ends_within 2; }
livepatch() { ends_within 4; }
