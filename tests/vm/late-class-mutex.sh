# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="as class-mutex-then-delete, and the module is loaded when the removal hangs: its registration with the class does not hang"
PATHS="P21"
REQUIRES="scsi_flaky scsi_chatty"
LATE=1

prepare() {
	debug_disks
	stop_target
	hold_class_mutex
	spawn delete delete 0
	expect_hang delete device_del 3
}

stock() { expect_hang delete device_del 3; }

guard() {
	spawn load load_guard teardown_tmo=2
	wait_for 15 ended load || fail "the load hangs too"
	[ "$(status_of load)" = 0 ] || fail "the load failed: $(cat "$RUN/load/output")"
	wait_for 15 ended delete || fail "the removal still hangs"
	wait_for 10 ended probe || fail "the class interface still waits"
	expect_counter rescued 1
	note "ends $(($(cat "$RUN/delete/end") - $(cat "$RUN/load/start"))) ms after insmod"
}
