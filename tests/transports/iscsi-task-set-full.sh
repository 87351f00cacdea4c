# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="iSCSI: the target answers a write, and the flush of the removal that begins behind it, with TASK SET FULL: what stock makes of both, the modules do"
PATHS=""
REQUIRES="iscsi_tcp iscsi_target_mod target_core_user"
USER_SPACE=debian
TIMEOUT=600

# A write that is tried again when the removal has begun is refused by the kernel: that is so on stock.
prepare() {
	use iscsi
	use answers
	use row
	use udev
	iscsi_disks 1 120
	dirty 0
	settle
	row_begins
	refuse 0 flush TASK_SET_FULL 5
	refuse 0 write TASK_SET_FULL 1000000
	spawn write write_blocks "$(disk 0)"
	wait_for 10 has_refused 0 write TASK_SET_FULL 5 || fail "the target has refused no write"
	spawn delete delete 0
}

stock() {
	wait_for 30 ended delete || fail "the deletion does not end"
	[ "$(status_of delete)" = 0 ] || fail "the deletion fails"
	wait_for 10 ended write || fail "the write does not end"
	[ "$(status_of write)" != 0 ] || fail "the write succeeds, which the target has refused"
	expect_refused 0 flush TASK_SET_FULL 5
	row_saw 1
	row delete write
}

guard() {
	stock
	expect_counter flushes_completed 1
	expect_accounts
	! said "scsi_lifecycle: cache flush" || fail "the module says: $(dmesg | grep "scsi_lifecycle: cache flush")"
}

livepatch() { guard; }
