# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="with a udevd, a LUN of a blocked target is deleted as fast as without: a block makes udevd open no disk"
PATHS="P5"
REQUIRES="scsi_flaky"
USER_SPACE=debian

prepare() {
	use udev
	watched_disks 2
	block_and_see "$(target_of "$(lun 0)")"
	disks="$(disk 0) $(disk 1)"
	spawn delete delete 0
}

# shellcheck disable=SC2086
ends_within() {
	expect_end delete "$1"
	settle 10
	expect_no_holder $disks
}

stock() { ends_within 2; }
guard() { ends_within 2; }

# Its flush waits for the path.
livepatch() { ends_within 4; }
