# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="iSCSI: the path comes and goes while a LUN is deleted: the flush is carried out once, or its loss is said"
PATHS="P5 P6"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

prepare() {
	use iscsi
	use row
	use udev
	iscsi_disks 1 120 15
	lose_path reset
	limit teardown_tmo 60
	spawn delete delete 0
	for each in 1 2 3; do
		mend_path
		wait_for 60 seen_well || fail "the session is $(session)"
		break_path reset
		wait_for 30 session_is FAILED || session_is none || fail "the session is $(session)"
	done
	regain_path
}

# A session whose last command has ended sees no reset.
seen_well() { session_is LOGGED_IN; }

stock() {
	expect_end delete 5
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	row delete
}

guard() {
	expect_end delete 5
	expect_counter flushes_killed 1
	row delete
}

livepatch() {
	wait_for 60 ended delete || fail "the deletion does not end"
	[ "$(target_flushes)" = "$(counter flushes_completed)" ] || fail "the account does not agree with the target"
	expect_accounts
	[ "$(target_flushes)" = 1 ] || fail "the flush is not carried out once"
	row delete
}
