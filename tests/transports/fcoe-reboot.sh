# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: a reboot with the path away: stock goes on when dev_loss_tmo is over, the module when reboot_tmo is"
PATHS="P11"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian
TIMEOUT=300

prepare() {
	use fcoe
	use row
	use udev
	limit teardown_tmo 60
	limit reboot_tmo 3
	fcoe_disks 2 15
	lose_path link
}

# The transport fails what waits at LUN 1 and LUN 0.
stock() {
	rebooting 60 10000 "blocked FC remote port time out"
	spawn reboot reboot -f
	wait_forever
}

guard() {
	rebooting 9 2900 "scsi_lifecycle: cache flush lost: blocked for at least"
	spawn reboot reboot -f
	wait_forever
}

livepatch() { guard; }
