# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a target whose path flaps makes no event of a scsi_device, nor of a block device"
PATHS=
REQUIRES="scsi_flaky"
USER_SPACE=debian

prepare() {
	use udev
	watched_disks 4
	monitor
	for each in 1 2 3; do
		block_and_see "$(target_of "$(lun 0)")"
		unblock_and_see "$(target_of "$(lun 0)")"
	done
	settle
	fence
}

no_events() {
	events=$(changes 'scsi|block')
	[ -z "$events" ] || fail "$(echo "$events" | wc -l) events, the first: $(echo "$events" | head -n 1)"
	note "12 blocks, no event"
}

stock() { no_events; }
guard() { no_events; }
livepatch() { no_events; }
