# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: a path comes back in time while a LUN is deleted: the livepatch keeps the flush"
PATHS="P5"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian

prepare() {
	use fcoe
	use row
	use back
	use udev
	fcoe_disks 1 120
	limit teardown_tmo 60
	lose_path link
	spawn delete delete 0
}

stock() { flush_is_lost; }

guard() { flush_is_said_to_be_lost; }

livepatch() { flush_is_kept; }
