# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="an iSCSI path comes back while a LUN is deleted, and another while its session is logged out: each flush is seen once"
PATHS="P5"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

prepare() {
	use udev
	use iscsi
	# A path that is away for a second is not lost, on a busy machine either.
	iscsi_disks 2 120 15
	lose_path reset
	spawn delete delete 0
}

# log_out_over_blink FLUSHES: the path is away for a second, too short for the transport to see; the target then has
# counted so many
log_out_over_blink() {
	break_path drop
	spawn log_out log_out
	! wait_for 1 ended log_out || fail "the logout does not wait for the path"
	mend_path
	wait_for 60 ended log_out || fail "the logout does not end"
	wait_for 20 session_is none || fail "the session stays: $(session)"
	[ "$(target_flushes)" = "$1" ] || fail "the target saw $(target_flushes) flushes, not $1"
}

stock() {
	expect_end delete 5
	regain_path
	[ "$(target_flushes)" = 0 ] || fail "the target saw the flush"
	log_out_over_blink 1
	note "the target does not see the flush of the deletion"
}

guard() {
	stock
	expect_message "scsi_lifecycle: cache flush lost: removed while blocked"
	expect_counter flushes_killed 1
	expect_counter flushes_completed 1
}

livepatch() {
	write 60 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	expect_wait delete blk_execute_rq
	! wait_for 1 ended delete || fail "the deletion does not wait"
	regain_path
	wait_for 20 ended delete || fail "the deletion does not end"
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	log_out_over_blink 2
	expect_counter flushes_completed 2
	expect_counter flushes_killed 0
	note "the target sees both flushes, once"
}
