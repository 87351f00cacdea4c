# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a blocked disk is deleted: it does not hang, but its flush is never sent"
PATHS="P5"
REQUIRES="scsi_flaky"

prepare() {
	load_debug
	load_flaky
	trace_on
	write_blocks "$(disk 0)"
	flaky block "$(target_of "$(lun 0)")"
	spawn delete delete 0
}

stock() {
	expect_end delete 10
	[ "$(flushes_sent)" = 0 ] || fail "the flush was sent"
	note "loses the flush"
}

# What makes it complete is the livepatch; without it the loss is at least said.
guard() {
	expect_end delete 10
	[ "$(flushes_sent)" = 0 ] || fail "the flush was sent"
	expect_counter flushes_killed 1
	expect_counter flushes_completed 0
	expect_message "scsi_lifecycle: cache flush lost: removed while blocked"
	note "reports the lost flush"
}
