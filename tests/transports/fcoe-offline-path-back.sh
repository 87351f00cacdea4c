# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: error handling takes a LUN without a path offline, and it is deleted: stock hangs, also when the path is back"
PATHS="P1"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian
TIMEOUT=300

prepare() {
	use fcoe
	use row
	use udev
	limit teardown_tmo 20
	fcoe_disks 2 120
	taken_offline 0
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	regain_path
	other_lun_works
}

stock() {
	expect_hang delete blk_execute_rq 5
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	row delete
}

# The transport's unblock passes over it.
guard() {
	expect_end delete 22
	[ "$(took delete)" -ge 19000 ] || fail "the deletion did not wait for teardown_tmo"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	expect_counter flushes_killed 1
	row delete
}

livepatch() {
	expect_end delete 15
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	expect_counter flushes_completed 1
	row delete
}
