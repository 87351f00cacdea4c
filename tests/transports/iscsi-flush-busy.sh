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
	disk_to_refuse
	refuse 0 flush BUSY 5
	spawn delete delete 0
}

stock() {
	deletion_ends_well
	expect_refused 0 flush BUSY 5
	row_saw 1
	row delete
}

guard() {
	stock
	completes_in_silence
}

livepatch() { guard; }
