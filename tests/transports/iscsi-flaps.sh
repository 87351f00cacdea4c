# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="iSCSI: the path comes back while a LUN is deleted, goes again while the target has the flush, and comes back: the livepatch has the flush carried out, and the guard alone says that it is lost"
PATHS="P5 P6"
REQUIRES="iscsi_tcp iscsi_target_mod target_core_iblock dm_flakey loop"
USER_SPACE=debian
TIMEOUT=300

prepare() {
	use iscsi
	use store
	use row
	use udev
	stores_up 1
	iscsi_disks 1 120 15
	dirty 0
	settle
	row_begins
	lose_path reset
	limit teardown_tmo 100
	limit flush_tmo 100
	store_keeps 0
	spawn delete delete 0
}

ends_at_once() {
	expect_end delete 5
	[ "$(status_of delete)" = 0 ] || fail "the deletion fails"
	gone 0 || fail "the LUN is still there"
	store_answers 0
	regain_path
	row delete
}

stock() { ends_at_once; }

guard() {
	ends_at_once
	expect_counter flushes_killed 1
}

# The target has a flush in work when its port has one.
flush_at_target() { grep -q ' target_sequencer_start: .*SYNCHRONIZE_CACHE' "$COUNT/trace"; }

livepatch() {
	set_value 'opcode == 0x35 || opcode == 0x91' "$COUNT/events/target/target_sequencer_start/filter"
	set_value 1 "$COUNT/events/target/target_sequencer_start/enable"
	regain_path
	wait_for 20 flush_at_target || fail "the flush is not sent"
	running delete || fail "the deletion ends before its flush"
	lose_path reset
	running delete || fail "the deletion ends when the path is lost again"
	store_answers 0
	regain_path
	wait_for 60 ended delete || fail "the deletion does not end"
	row delete
	expect_counter flushes_completed 1
	expect_accounts
	row_saw_some || fail "the target has carried out no flush"
}
