# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: a path comes back in time while a LUN is deleted: the livepatch keeps the flush"
PATHS="P5"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian

prepare() {
	use fcoe
	use row
	use udev
	fcoe_disks 1 120
	limit teardown_tmo 60
	lose_path link
	spawn delete delete 0
}

stock() {
	expect_end delete 5
	regain_path
	[ "$(target_flushes)" = 0 ] || fail "the target saw the flush"
	row delete
}

guard() {
	stock
	expect_counter flushes_killed 1
}

livepatch() {
	! wait_for 1 ended delete || fail "the deletion does not wait"
	regain_path
	wait_for 20 ended delete || fail "the deletion does not end"
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	expect_counter flushes_completed 1
	row delete
}
