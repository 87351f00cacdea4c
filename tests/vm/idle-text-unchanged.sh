# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="no instruction is added to the I/O path while nothing is removed: the kernel's text is what it was"
PATHS=
REQUIRES="scsi_flaky /proc/kcore"
SKIPS="6.1-debug 6.1-kcsan"
GUARD_ONLY="its subject is what the module adds"
LATE=1

prepare() {
	debug_disks 3
	dirty 0 1 2
}

# The functions from the submission of a bio to its end that the compiler has not inlined.
io_path() {
	text submit_bio submit_bio_noacct submit_bio_noacct_nocheck blk_mq_submit_bio blk_mq_get_tag \
		blk_mq_sched_insert_request blk_mq_insert_request blk_mq_request_issue_directly \
		blk_mq_try_issue_directly __blk_mq_try_issue_directly __blk_mq_issue_directly \
		blk_mq_run_hw_queue blk_mq_delay_run_hw_queue \
		__blk_mq_run_hw_queue blk_mq_sched_dispatch_requests __blk_mq_sched_dispatch_requests \
		__blk_mq_do_dispatch_sched blk_mq_dispatch_rq_list blk_mq_start_request blk_mq_requeue_request \
		blk_mq_complete_request blk_mq_complete_request_remote blk_done_softirq blk_complete_reqs \
		blk_update_request blk_mq_end_request __blk_mq_end_request blk_mq_free_request __blk_mq_free_request \
		blk_execute_rq blk_insert_cloned_request bio_endio \
		scsi_queue_rq scsi_prepare_cmd scsi_dispatch_cmd scsi_alloc_sgtables scsi_mq_get_budget scsi_mq_put_budget \
		scsi_done scsi_done_internal scsi_complete scsi_decide_disposition scsi_finish_command scsi_io_completion \
		scsi_io_completion_action scsi_end_request scsi_run_queue scsi_run_queue_async scsi_device_unbusy \
		sd_init_command sd_setup_read_write_cmnd sd_done sd_uninit_command >"$1" ||
			fail "the text cannot be read"
}

# same FILE WHEN: the first of its lines that is not as it was is in $changed
same() {
	io_path /run/text
	changed=$(diff /run/before /run/text | sed -n 's/^+\([a-z_]*\) .*/\1/p' | xargs)
	[ -z "$changed" ]
}

guard() {
	io_path /run/before
	[ "$(grep -c . /run/before)" -ge 20 ] || fail "too few functions are there: $(cat /run/before)"
	for needed in blk_update_request blk_mq_end_request scsi_queue_rq scsi_done; do
		grep -q "^$needed " /run/before || fail "$needed is not there"
	done
	load_guard teardown_tmo=off
	same || fail "loaded, it changes $changed"
	if [ -e /modules/scsi_lifecycle_livepatch.ko ]; then
		load_livepatch
		same || fail "the livepatch changes $changed"
	fi

	delete 2
	wait_for 10 same || fail "after a removal $changed are changed"

	# During a removal the text does differ: the module observes how its flush ends.
	stop_lun 0
	lun0=$(lun 0)
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	! same || fail "while a removal waits nothing is changed: this shows nothing"
	watched=$changed
	flaky unblock "$lun0"
	expect_end delete 20 >/dev/null
	wait_for 10 same || fail "after a removal that waited $changed are changed"
	[ ! -e "$LIVEPATCH" ] || unload_livepatch
	rmmod scsi_lifecycle || fail "it cannot be unloaded"
	same || fail "unloaded, it leaves $changed changed"
	note "$(grep -c . /run/before) functions; while a removal waits: $watched"
}
