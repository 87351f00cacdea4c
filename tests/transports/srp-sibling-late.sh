# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: a LUN is deleted while another one's write waits for the path; the module comes later: it says for what, and ends nothing"
PATHS="P4 P5"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian
LATE=1

prepare() {
	use srp
	use row
	use udev
	srp_disks 2 60 300
	other=$(lun 1)
	lose_path refuse
	spawn pending write_blocks "$(disk 1)"
	spawn delete delete 0
}

stock() {
	expect_hang delete blk_mq_freeze_queue_wait 4
	path_ends_it
	row delete pending
}

path_ends_it() {
	regain_path
	wait_for 20 ended delete || fail "the deletion does not end with the path"
	wait_for 20 ended pending || fail "the write does not end with the path"
	[ "$(status_of pending)" = 0 ] || fail "the write failed"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
}

guard() {
	expect_hang delete blk_mq_freeze_queue_wait 4
	load_guard teardown_tmo=1
	wait_for 20 said "its removal has waited [0-9]* ms for $other, which is blocked and holds 1 command" ||
		fail "the log does not say what the removal waits for: $(cat "$GUARD"/devices)"
	running delete || fail "it was ended"
	path_ends_it
	expect_counter commands_killed 0
	row delete pending
}
