# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="iSCSI: a path comes back in time while a LUN is deleted: the livepatch keeps the flush"
PATHS="P5"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

prepare() {
	use iscsi
	use row
	use back
	use udev
	iscsi_disks 1 120 15
	row_begins
	lose_path reset
	spawn delete delete 0
}

stock() { flush_is_lost; }

guard() { flush_is_said_to_be_lost; }

livepatch() {
	write 60 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	flush_is_kept
}
