# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a blocked disk goes offline and is deleted: its flush is parked"
PATHS="P1"
REQUIRES="scsi_flaky"

prepare() {
	debug_disks
	trace_on
	dirty 0
	stop_target
	spawn delete delete 0
}

stock() {
	expect_hang delete blk_execute_rq 4
	unblock_target
	expect_hang delete blk_execute_rq 2
}

guard() {
	expect_end delete 6
	expect_counter flushes_killed 1
	[ "$(flushes_sent)" = 0 ] || fail "a flush was sent while the path was down"
}

upstream() {
	expect_end delete 6
	expect_expired "$(lun 0)"
	[ "$(flushes_sent)" = 0 ] || fail "a flush was sent while the path was down"
}
