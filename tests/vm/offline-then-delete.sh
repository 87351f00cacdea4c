# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a blocked disk goes offline and is deleted: its flush is parked"
PATHS="P1"
REQUIRES="scsi_flaky"

prepare() {
	load_debug
	load_flaky
	trace_on
	write_blocks "$(disk 0)"
	flaky block "$(target_of "$(lun 0)")"
	flaky offline "$(lun 0)"
	spawn delete delete 0
}

stock() {
	expect_hang delete blk_execute_rq 4
	flaky unblock "$(target_of "$(lun 0)")"
	expect_hang delete blk_execute_rq 2
}

guard() {
	expect_end delete 6
	expect_counter flushes_killed 1
	[ "$(flushes_sent)" = 0 ] || fail "a flush was sent while the path was down"
}
