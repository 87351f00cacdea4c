# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A path that comes back in time while LUN 0 is deleted, spawned as delete, by a transport that has regain_path.

flush_is_lost() {
	expect_end delete 5
	regain_path
	[ "$(target_flushes)" = 0 ] || fail "the target saw the flush"
	row delete
}

flush_is_said_to_be_lost() {
	flush_is_lost
	expect_counter flushes_killed 1
}

flush_is_kept() {
	! wait_for 1 ended delete || fail "the deletion does not wait"
	regain_path
	wait_for 20 ended delete || fail "the deletion does not end"
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	expect_counter flushes_completed 1
	row delete
}
