# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: a path is away for longer than teardown_tmo while a LUN is deleted: it ends, and the lost flush is said"
PATHS="P5"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian

# The transport would give the path up after two minutes, by dev_loss_tmo.
prepare() {
	use fcoe
	use row
	use udev
	fcoe_disks 2 120
	lose_path link
	doomed=$(lun 0)
	spawn delete delete 0
}

stock() {
	expect_end delete 5
	other_lun_is_kept
	row delete
}

guard() {
	expect_end delete 5
	flush_is_lost
}

livepatch() {
	expect_end delete 8
	[ "$(took delete)" -ge 1900 ] || fail "the deletion does not wait for its path"
	flush_is_lost
}

# The other LUN waits for the path as before, and has it when it is back.
other_lun_is_kept() {
	[ "$(state 1)" = blocked ] || fail "LUN 1 is $(state 1)"
	regain_path
	other_lun_works
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
}

flush_is_lost() {
	wait_for 5 said "$doomed: scsi_lifecycle: cache flush lost" || fail "the loss is not said"
	expect_counter flushes_killed 1
	expect_accounts
	other_lun_is_kept
	row delete
}
