# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a CPU goes offline and waits for the flush of a blocked LUN that is deleted, and the module is unloaded: the deadline comes first"
PATHS="P1"
REQUIRES="scsi_flaky"

prepare() {
	use cpu
	load_debug submit_queues=2
	load_flaky
	stop_lun 0
	limit teardown_tmo 8
	spawn delete delete_on_cpu1
	expect_wait delete blk_execute_rq
	take_cpu_off "the flush"
}

stock() {
	expect_hang delete blk_execute_rq 12
	running offline || fail "the CPU does not wait any more"
}

guard() {
	spawn unload rmmod scsi_lifecycle
	wait_for 5 waits_in unload cpus_read_lock || fail "the unload does not wait for the CPU"
	running delete || fail "the deadline came before the unload"
	wait_for 40 ended delete || fail "the removal goes on waiting"
	wait_for 40 ended offline || fail "the CPU goes on waiting"
	wait_for 40 ended unload || fail "the unload goes on waiting"
	[ "$(status_of unload)" = 0 ] || fail "the module cannot be unloaded"
	# No CPU waits for what was unloaded.
	spawn online write 1 "$CPU/online"
	wait_for 20 ended online || fail "the CPU cannot come back"
	expect_message "cache flush lost: blocked for at least"
	note "delete $(took delete) ms, unload $(took unload) ms"
}
