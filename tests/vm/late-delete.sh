# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a removal hangs, then the module is loaded: the removal ends"
PATHS="P1"
REQUIRES="scsi_flaky"
LATE=1

prepare() {
	debug_disks
	dirty 0
	stop_target
	spawn delete delete 0
	expect_hang delete blk_execute_rq 3
}

stock() {
	expect_hang delete blk_execute_rq 3
}

guard() {
	loaded=$(now)
	load_guard teardown_tmo=2
	expect_message "scsi_lifecycle: [0-9.]* loaded: .* 1 removal under way, no livepatch"
	wait_for 6 ended delete || fail "the removal still hangs"
	[ $(($(cat "$RUN/delete/end") - loaded)) -ge 2000 ] || fail "it was not given its time"
	expect_counter rescued 1
	expect_counter flushes_killed 1
	note "ends $(($(cat "$RUN/delete/end") - loaded)) ms after insmod"
}
