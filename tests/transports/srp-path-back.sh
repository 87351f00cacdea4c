# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: a path comes back in time while a LUN is deleted: the livepatch keeps the flush"
PATHS="P5"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian

prepare() {
	use srp
	use row
	use udev
	srp_disks 1 120 300
	lose_path refuse
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
	write 60 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	! wait_for 1 ended delete || fail "the deletion does not wait"
	regain_path
	wait_for 20 ended delete || fail "the deletion does not end"
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	expect_counter flushes_completed 1
	row delete
}
