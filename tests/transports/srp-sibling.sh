# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: a LUN is deleted while another one's write waits for the path, and a login holds the port's timers"
PATHS="P4 P5"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian
TIMEOUT=300

# fast_io_fail_tmo, which would fail the write and so end the wait, needs the port's mutex: a login has that.
prepare() {
	use srp
	use row
	use udev
	srp_disks 2 5 300
	lose_path drop
	wait_for 10 port_worker srp_connect_ch || fail "the driver does not log in"
	spawn pending write_blocks "$(disk 1)"
	spawn delete delete 0
}

stock() {
	expect_hang delete blk_mq_freeze_queue_wait 8
	expect_message "fast_io_fail_tmo expired"
	port_worker rport_fast_io_fail_timedout || fail "the timer does not wait for the login"
	running pending || fail "the write ended"
	regain_path
	wait_for 20 ended delete || fail "the deletion does not end with the path"
	pending_is_written
	row delete pending
}

pending_is_written() {
	wait_for 20 ended pending || fail "the write does not end with the path"
	[ "$(status_of pending)" = 0 ] || fail "the write failed"
}

# The module's own queue lets the deletion end, and the other LUN keeps its write.
guard() {
	expect_end delete 5
	running pending || fail "the write ended"
	expect_counter flushes_killed 1
	regain_path
	pending_is_written
	row delete pending
}

livepatch() {
	write 120 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	! wait_for 1 ended delete || fail "the deletion does not wait"
	regain_path
	wait_for 20 ended delete || fail "the deletion does not end"
	pending_is_written
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	expect_counter flushes_completed 1
	row delete pending
}
