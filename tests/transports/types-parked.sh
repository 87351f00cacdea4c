# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a CD, a tape, an enclosure and a processor are deleted with a command of their driver's, or sg's, in a stopped queue"
PATHS="P13"
REQUIRES="scsi_flaky sr_mod st ses"
USER_SPACE=debian

prepare() {
	use udev
	use row
	use types
	for each in sr_mod st ses; do modprobe $each || fail "modprobe $each failed"; done
	write 0 /sys/module/block/parameters/events_dfl_poll_msecs
	typed_devices 5 1 13 3
	for each in 1 2 3 4; do flaky block "$(lun 0 0 $each)"; done
	spawn cd-open dd if=/dev/sr0 of=/dev/null bs=2048 count=1
	spawn tape-open dd if=/dev/nst0 of=/dev/null bs=512 count=1
	expect_wait cd-open blk_execute_rq
	expect_wait tape-open st_open
	passthrough "/dev/$(generic 3)" || fail "sg took no command"
	passthrough "/dev/$(generic 4)" || fail "sg took no command"
	for each in 1 2 3 4; do flaky offline "$(lun 0 0 $each)"; done
	spawn cd delete 0 0 1
	spawn tape delete 0 0 2
	spawn enclosure delete 0 0 3
	spawn processor delete 0 0 4
}

stock() {
	expect_hang cd sr_remove 10
	for each in tape enclosure processor; do expect_hang $each blk_mq_freeze_queue_wait 1; done
	row cd tape enclosure processor cd-open tape-open
}

guard() {
	for each in cd tape enclosure processor; do expect_end $each 8; done
	wait_for 5 ended cd-open || fail "the CD's reader waits"
	wait_for 5 ended tape-open || fail "the tape's reader waits"
	expect_counter commands_killed 4
	row cd tape enclosure processor cd-open tape-open
}

livepatch() { guard; }
