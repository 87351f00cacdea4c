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
	disk_to_refuse
	refuse 0 flush TASK_SET_FULL 5
	refuse 0 write TASK_SET_FULL 1000000
	spawn write write_blocks "$(disk 0)"
	wait_for 10 has_refused 0 write TASK_SET_FULL 5 || fail "the target has refused no write"
	spawn delete delete 0
}

stock() {
	deletion_ends_well
	wait_for 10 ended write || fail "the write does not end"
	[ "$(status_of write)" != 0 ] || fail "the write succeeds, which the target has refused"
	expect_refused 0 flush TASK_SET_FULL 5
	row_saw 1
	row delete write
}

guard() {
	stock
	completes_in_silence
}

livepatch() { guard; }
