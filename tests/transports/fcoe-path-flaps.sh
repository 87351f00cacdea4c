# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: the path comes and goes while a LUN's flush is under way: it is sent anew each time, and arrives once"
PATHS="P6"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian
TIMEOUT=300

flaps=3

# No command arrives until the last flap, so that the target has none at the time that its own port is lost.
prepare() {
	use fcoe
	use row
	use udev
	limit teardown_tmo 60
	fcoe_disks 2 120
	trace_on
	break_path commands
	spawn delete delete 0
	for flap in $(seq $flaps); do
		wait_for 20 sent_anew || fail "flap $flap: the flush is not sent"
		link_down
		wait_for 10 port_is Blocked || fail "flap $flap: the port is $(port)"
		running delete || fail "flap $flap: the deletion ends with $(status_of delete)"
		if [ "$flap" = $flaps ]; then
			mend_path
		else
			: >"$TRACE/trace"
			link_up
		fi
		wait_for 60 port_is Online || fail "flap $flap: the port is $(port)"
	done
}

# The LLD has it: stock asks it without a path too, and is told so.
sent_anew() { [ "$(cat "/sys/class/scsi_host/host$(debug_host)/host_busy")" -ge 1 ] && flush_under_way; }

stock() {
	wait_for 30 ended delete || fail "the deletion does not end"
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
	row delete
	NOTE="$NOTE; flaps: $flaps"
}

guard() {
	stock
	expect_counter flushes_completed 1
	expect_accounts
}

livepatch() { guard; }
