# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: the path is lost with a deletion's flush under way, and is back: the livepatch keeps the flush from a dead connection"
PATHS="P6"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian
TIMEOUT=400

# A login under way fails what the driver had, to be sent again. Where the LUN cannot be blocked that is at once, and
# the driver gives it to the connection that is not there yet.
prepare() {
	use srp
	use row
	use udev
	srp_disks 1 100 300 2
	limit teardown_tmo 200
	# A flush is given twice that.
	write 20 "$(device 0)/timeout"
	trace_on
	break_path drop
	spawn delete delete 0
	wait_for 10 flush_under_way || fail "no flush was sent"
	wait_for 40 port_worker srp_connect_ch || fail "the driver does not log in"
}

# The flush waits for its own timer, and not for the path.
stock() {
	wait_for 10 flush_sent_again || fail "the flush waits for the path"
	regain_path
	! wait_for 10 ended delete || fail "the deletion ended with the path"
	[ "$(target_flushes)" = 0 ] || fail "the target saw the flush"
	wait_for 100 ended delete || fail "the deletion does not end"
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	row delete
}
flush_sent_again() { [ "$(flushes_sent)" -ge 2 ]; }

guard() {
	stock
	expect_counter flushes_completed 1
	expect_accounts
}

livepatch() {
	[ "$(flushes_sent)" = 1 ] || fail "the flush was sent again without a path"
	regain_path
	wait_for 10 ended delete || fail "the deletion does not end with the path"
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	expect_counter flushes_completed 1
	row delete
}
