# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a CPU goes offline and waits for the flush of a removal that stock would not have left waiting: the unload ends that before it waits for the CPU"
PATHS="P5"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"
LIVEPATCH_ONLY="without the livepatch no removal waits that stock would not have left waiting"

prepare() {
	use cpu
	load_debug submit_queues=2
	load_flaky
	limit teardown_tmo off
	doomed=$(lun 0)
	flaky block "$doomed"
	spawn delete delete_on_cpu1
}

livepatch() {
	expect_wait delete blk_execute_rq
	unload_livepatch
	take_cpu_off "the flush"
	spawn unload rmmod scsi_lifecycle
	wait_for 20 ended unload || fail "the unload waits for the CPU, and that for the removal"
	[ "$(status_of unload)" = 0 ] || fail "the module cannot be unloaded"
	wait_for 20 ended delete || fail "the removal goes on waiting"
	wait_for 20 ended offline || fail "the CPU goes on waiting"
	expect_message "$doomed: scsi_lifecycle: cache flush lost: blocked for at least"
	note "unload $(took unload) ms"
}
