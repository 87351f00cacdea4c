# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="iSCSI: the path is gone, and the transport gives it less time than the removal has: with the livepatch the deletion ends when the transport gives up, and without at once"
PATHS="P5"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

RECOVERY=6

prepare() {
	use iscsi
	use row
	use udev
	iscsi_disks 1 $RECOVERY
	row_begins
	lose_path reset
	limit teardown_tmo 60
	spawn delete delete 0
}

stock() {
	expect_end delete 5
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	row delete
}

guard() {
	stock
	expect_counter flushes_killed 1
}

# A transport that gives up its path starts the queue, and fails what comes out of it.
livepatch() {
	expect_end delete $((RECOVERY + 8))
	[ "$(took delete)" -ge 1000 ] || fail "the deletion does not wait for the transport"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	expect_message "cache flush lost: its path was given up"
	expect_counter flushes_killed 1
	row delete
}
