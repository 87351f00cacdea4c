# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="with a udevd, an LLD whose target is blocked is unloaded: it is not in use"
PATHS="P5"
REQUIRES="scsi_flaky"
USER_SPACE=debian

prepare() {
	use udev
	watched_disks 2
	block_and_see "$(target_of "$(lun 0)")"
	spawn rmmod rmmod scsi_debug
}

unloaded_within() {
	wait_for "$1" ended rmmod || fail "rmmod does not end: $(workers)"
	[ "$(status_of rmmod)" = 0 ] || fail "rmmod is refused: $(cat "$RUN/rmmod/output") $(workers)"
	[ ! -e /sys/module/scsi_debug ] || fail "scsi_debug is still there"
	note "ends in $(took rmmod) ms"
}

stock() { unloaded_within 5; }
guard() { unloaded_within 5; }
livepatch() { unloaded_within 7; }
