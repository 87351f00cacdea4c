# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a CD, a tape, an enclosure and a processor, whose queues are stopped, are deleted with nothing under way"
PATHS=
REQUIRES="scsi_flaky sr_mod st ses"
USER_SPACE=debian

# The kernel does not look for media, so that no command is parked.
prepare() {
	use udev
	use row
	use types
	for each in sr_mod st ses; do modprobe $each || fail "modprobe $each failed"; done
	write 0 /sys/module/block/parameters/events_dfl_poll_msecs
	typed_devices 5 1 13 3
	expect_driver 1 sr
	expect_driver 2 st
	expect_driver 3 ses
	expect_driver 4
	for each in 1 2 3 4; do stop_lun 0 0 $each; done
	spawn cd delete 0 0 1
	spawn tape delete 0 0 2
	spawn enclosure delete 0 0 3
	spawn processor delete 0 0 4
}

stock() {
	for each in cd tape enclosure processor; do expect_end $each 3; done
	row cd tape enclosure processor
}

guard() {
	stock
	expect_counter flushes_none 4
	expect_counter commands_killed 0
}

livepatch() { guard; }
