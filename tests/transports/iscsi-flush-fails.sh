# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="iSCSI: the target answers the flush of a removal with CHECK CONDITION: its failure is said, with the sense"
PATHS=""
REQUIRES="iscsi_tcp iscsi_target_mod target_core_iblock dm_flakey loop"
USER_SPACE=debian

prepare() {
	use iscsi
	use store
	use row
	use udev
	stores_up 1
	iscsi_disks 1 120
	dirty 0
	store_fails 0
	row_begins
	spawn delete delete 0
}

stock() {
	expect_end delete 20
	row delete
}

guard() {
	stock
	expect_counter flushes_failed 1
	expect_message "scsi_lifecycle: cache flush failed: .*sense"
}

livepatch() { guard; }
