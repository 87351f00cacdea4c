# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="iSCSI: LUN 1 has a write that waits for the path, and LUN 0 is deleted: stock waits for LUN 1 as long as the transport does"
PATHS="P4"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

prepare() {
	use iscsi
	use row
	use udev
	iscsi_disks 2 120 15
	row_begins
	lose_path reset
	spawn write write_blocks "$(disk 1)"
	wait_for 10 parked || fail "the write to LUN 1 does not wait"
	spawn delete delete 0
}

parked() { waits_in write submit_bio_wait || waits_in write blkdev_direct_IO || waits_in write __blkdev_direct_IO_simple; }

back_again() {
	regain_path
	wait_for 30 ended write || fail "the write to LUN 1 does not end"
	[ "$(status_of write)" = 0 ] || fail "the write to LUN 1 failed"
	wait_for 30 ended delete || fail "the deletion does not end"
}

stock() {
	expect_hang delete blk_mq_freeze_queue_wait 6
	back_again
	row delete write
}

guard() {
	expect_end delete 8
	! ended write || fail "the write to LUN 1 does not wait any more"
	back_again
	row delete write
}

livepatch() { guard; }
