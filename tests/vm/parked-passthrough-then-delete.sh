# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="no disk driver, a passthrough command parked: the removal hangs in destroying the queue"
PATHS="P13"
REQUIRES="scsi_flaky"

prepare() {
	load_debug
	load_flaky
	write "$(lun 0)" /sys/bus/scsi/drivers/sd/unbind
	flaky block "$(lun 0)"
	passthrough /dev/sg0 || fail "sg took no command"
	flaky offline "$(lun 0)"
	limit teardown_tmo 30
	spawn delete delete 0
}

stock() {
	expect_hang delete blk_mq_freeze_queue_wait 4
}

# There is no driver whose flush could still be sent: its time need not be waited for.
guard() {
	expect_end delete 6
	expect_counter flushes_none 1
	expect_counter commands_killed 1
}

livepatch() { guard; }
