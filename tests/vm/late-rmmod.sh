# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="rmmod of the LLD hangs with every disk under removal, then the module is loaded: it ends"
EACH_KERNEL=1
PATHS="P3"
REQUIRES="scsi_flaky"
LATE=1

prepare() {
	debug_disks
	dirty 0
	stop_target
	spawn rmmod rmmod scsi_debug
	expect_hang rmmod blk_execute_rq 3
}

stock() {
	expect_hang rmmod blk_execute_rq 3
}

guard() {
	loaded=$(now)
	load_guard teardown_tmo=2
	wait_for 8 ended rmmod || fail "rmmod still hangs"
	expect_counter rescued 1
	note "ends $(($(cat "$RUN/rmmod/end") - loaded)) ms after insmod"
}
