# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: the link is lost while the removal's flush is at the LLD, and is back later: the flush is sent again"
PATHS="P6"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian
TIMEOUT=300

prepare() {
	use fcoe
	use row
	use udev
	limit teardown_tmo 60
	fcoe_disks 2 120
	trace_on
	break_path data
	spawn delete delete 0
	wait_for 10 flush_under_way || fail "no flush was sent"
	link_down
	wait_for 10 port_is Blocked || fail "the port is $(port)"
	! wait_for 8 ended delete || fail "the deletion ends without a path"
	tries=$(flushes_sent)
	regain_path
}

# The block is refused: the LLD is asked again and again, and says that it has no path.
stock() {
	[ "$tries" -ge 5 ] || fail "the flush was tried $tries times"
	flush_arrives
}

guard() {
	stock
	expect_counter flushes_completed 1
}

livepatch() {
	[ "$tries" -le 3 ] || fail "the flush was tried $tries times without a path"
	flush_arrives
	expect_counter flushes_completed 1
}

flush_arrives() {
	wait_for 30 ended delete || fail "the deletion does not end"
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	row delete
	note "$NOTE; tries without a path: $tries"
}
