# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the livepatch and the module are unloaded while removals wait that stock would not have left waiting: they end as on stock"
PATHS="P5 P6"
REQUIRES="scsi_flaky scsi_stubborn scsi_lifecycle_livepatch"
LIVEPATCH_ONLY="without the livepatch no removal waits that stock would not have left waiting"

# Of the first host the disk was blocked before its removal began, of the other one it is blocked before its flush.
prepare() {
	stubborn_disks 1 hosts=2
	limit teardown_tmo off
	first=$(lun 0) second=$(lun 0 0 2)
	flaky block "$first"
	spawn delete0 delete 0
	order hold write
	spawn writer write_blocks "$(disk 0 0 2)"
	wait_for 10 tells held 1 || fail "the LLD has no write"
	spawn delete1 delete 0 0 2
	expect_wait delete1 del_gendisk
}

is_given_back() { said "$first: scsi_lifecycle: cache flush lost: blocked for at least"; }

livepatch() {
	flaky block "$second"
	order hold nothing
	expect_wait delete0 blk_execute_rq
	expect_wait delete1 blk_execute_rq
	[ "$(grep -c 'state=cancel blocked=yes' "$GUARD"/devices)" = 2 ] || fail "not 2 removals wait: $(cat "$GUARD"/devices)"
	unload_livepatch
	spawn unload rmmod scsi_lifecycle
	expect_end unload 10 >/dev/null
	wait_for 10 ended delete0 || fail "the one that was blocked before it hangs"
	wait_for 30 ended delete1 || fail "the one that was blocked in the middle hangs"
	is_given_back || fail "the flush that stock would have lost is not said to be lost"
	! said "$second: scsi_lifecycle: cache flush lost" || fail "the flush of a removal that stock leaves is lost"
	! said "$second: .*Synchronize Cache(10) failed" || fail "the other flush failed"
	tells flushed 1 || fail "not one flush was carried out"
	rmmod scsi_stubborn || fail "a reference was left behind"
	note "the lost flush is said, and the other completes"
}
