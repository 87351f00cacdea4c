# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: a deletion ends with fast_io_fail_tmo where that is less than teardown_tmo; dev_loss_tmo removes the rest"
PATHS="P5"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian

prepare() {
	use fcoe
	use row
	use udev
	limit teardown_tmo 60
	fcoe_disks 2 12 4
	doomed=$(lun 0)
	other=$(lun 1)
	lose_path link
	lost=$(now)
	spawn delete delete 0
}

# The transport removes what is left of the target.
expect_target_gone() {
	wait_for 30 gone 1 || fail "LUN 1 stays"
	since=$(($(now) - lost))
	[ $since -ge 11000 ] || fail "LUN 1 goes after $since ms, before dev_loss_tmo"
	[ $since -le 16000 ] || fail "LUN 1 goes after $since ms"
	wait_for 10 port_is "Not Present" || fail "the port is $(port)"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
}

stock() {
	expect_end delete 5
	expect_target_gone
	said "$other: .*Synchronize Cache(10) failed" || fail "sd does not say that it failed"
	! said "$doomed: .*Synchronize Cache(10) failed" || fail "sd says that the flush failed"
	row delete
}

guard() {
	expect_end delete 5
	expect_target_gone
	both_said
}

livepatch() {
	expect_end delete 9
	[ "$(took delete)" -ge 3000 ] || fail "the deletion does not wait for fast_io_fail_tmo"
	expect_target_gone
	both_said
}

# A deletion that waited is cut off by the transport. LUN 1 was not: its flush fails at a path that is gone.
both_said() {
	wait_for 5 said "$doomed: scsi_lifecycle: cache flush lost" || fail "the loss of LUN 0 is not said"
	wait_for 5 said "$other: scsi_lifecycle: cache flush failed" || fail "the loss of LUN 1 is not said"
	expect_counter flushes_killed 1
	expect_counter flushes_failed 1
	expect_accounts
	row delete
}
