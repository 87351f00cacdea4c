# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="64 LUNs are in use: none of them is looked at, until there is a reason, and no longer than that"
PATHS=
REQUIRES="scsi_flaky"
SKIPS="6.1-debug 6.1-kcsan"
GUARD_ONLY="its subject is what the module does"
TIMEOUT=300

LUNS=64
WATCHED=12	# seconds: several rounds of the backstop

prepare() {
	load_bare_debug $LUNS 120
	load_flaky
	write 1 "$TRACE"/events/workqueue/workqueue_execute_start/enable
}

# works FUNCTION: how often a work of the module ran. look_at_hosts looks at hosts alone, each two seconds.
works() { grep 'workqueue_execute_start:.*\[scsi_lifecycle\]' "$TRACE"/trace | grep -c "$@"; }
ran() { [ "$(works "$2")" -ge "$1" ]; }
other_runs() { [ "$(works -v look_at_hosts)" != 0 ]; }
none_other_runs() {
	echo >"$TRACE"/trace
	! wait_for $WATCHED other_runs
}
idles() { wait_for 40 none_other_runs || fail "$1: $(grep '\[scsi_lifecycle\]' "$TRACE"/trace | tail -n 3)"; }

guard() {
	idles "all in use, they are looked at"
	ran $((WATCHED / 2 - 1)) look_at_hosts || fail "woken $(works look_at_hosts) times, it notices late what begins in silence"
	[ "$(works look_at_hosts)" -le $((WATCHED / 2 + 1)) ] || fail "it is woken $(works look_at_hosts) times in $WATCHED s"
	note "$(works look_at_hosts) wake-ups in $WATCHED s"

	exec 9<"$(node_of 0)"
	echo >"$TRACE"/trace
	wait_for 10 ran 3 monitor_hosts || fail "nothing looks for the reader"
	exec 9<&-
	idles "closed, it is looked after"

	# Stock's block is silent, until it is seen.
	flaky block "$(lun 1)"
	none_other_runs || fail "there is a reason to look, and none was given"
	grep -q "^$(lun 1) .*blocked=yes" "$GUARD"/devices || fail "the blocked LUN is not shown"
	wait_for 10 ran 3 monitor_hosts || fail "nothing looks after the blocked LUN"
	flaky unblock "$(lun 1)"
	idles "unblocked, it is looked after"
}
