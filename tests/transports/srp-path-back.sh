# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: a path comes back in time while a LUN is deleted: the livepatch keeps the flush"
PATHS="P5"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian

prepare() {
	use srp
	use row
	use back
	use udev
	srp_disks 1 120 300
	lose_path refuse
	spawn delete delete 0
}

stock() { flush_is_lost; }

guard() { flush_is_said_to_be_lost; }

livepatch() {
	write 60 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	flush_is_kept
}
