# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="iSCSI: the target has the flush of a removal, and answers when the removal is over, whose end waits for the transport's own recovery"
PATHS="P7 P10"
REQUIRES="iscsi_tcp iscsi_target_mod target_core_iblock dm_flakey loop"
USER_SPACE=debian
TAKES="flush_tmo is 3 s, and the target answers after 20 s at the earliest"
TIMEOUT=300
# The target's worker that aborts the command waits for it.
EXPECTED="INFO: task kworker/[^ ]* blocked for more than"

RECOVERY=10

prepare() {
	use iscsi
	use store
	use row
	use udev
	stores_up 1
	# Error handling waits so long for a session that the target does not renew.
	iscsi_disks 1 $RECOVERY
	dirty 0
	# udevd reads the disk again once it was written, and that too would be kept.
	settle
	store_keeps 0
	limit flush_tmo 3
	row_begins
	spawn delete delete 0
}

stock() {
	expect_hang delete blk_execute_rq 20
	store_answers 0
	wait_for 60 ended delete || fail "the deletion does not end"
	row delete
}

guard() {
	wait_for 20 grep -q "^$(lun 0) .*waits_for=error_handling" "$GUARD"/devices || fail "not named: $(cat "$GUARD"/devices)"
	wait_for 100 ended delete || fail "the deletion does not end"
	[ "$(target_flushes)" = 0 ] || fail "the target has answered"
	store_answers 0
	wait_for 60 session_is LOGGED_IN || fail "the session is $(session)"
	expect_accounts
	row delete
}

livepatch() { guard; }
