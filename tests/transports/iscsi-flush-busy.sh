# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="iSCSI: the target answers the flush of a removal with BUSY five times, and then carries it out: so it does with the modules"
PATHS=""
REQUIRES="iscsi_tcp iscsi_target_mod target_core_user"
USER_SPACE=debian
TIMEOUT=600

prepare() {
	use iscsi
	use answers
	use row
	use udev
	iscsi_disks 1 120
	dirty 0
	settle
	row_begins
	refuse 0 flush BUSY 5
	spawn delete delete 0
}

stock() {
	wait_for 30 ended delete || fail "the deletion does not end"
	[ "$(status_of delete)" = 0 ] || fail "the deletion fails"
	expect_refused 0 flush BUSY 5
	row_saw 1
	row delete
}

guard() {
	stock
	expect_counter flushes_completed 1
	expect_accounts
	! said "scsi_lifecycle: cache flush" || fail "the module says: $(dmesg | grep "scsi_lifecycle: cache flush")"
}

livepatch() { guard; }
