# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="an offline disk that its transport has blocked is set running: nothing reaches the LLD before the unblock"
PATHS="P2"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"

prepare() {
	debug_disks
	trace_on
	stop_target
	before=$(commands_sent)
	spawn online write running "$(device 0)/state"
	wait_for 10 is_set || fail "the disk is $(state 0)"
}

is_set() { [ "$(state 0)" != offline ]; }

# A transport that reconnects, as srp_reconnect_rport(), relies on that no command reaches it.
silent() {
	! wait_for 5 speaks || fail "the LLD got $(($(commands_sent) - before)) commands without a path"
	note "silent"
}
speaks() { [ "$(commands_sent)" -gt "$before" ]; }

stock() { silent; }
guard() { silent; }

livepatch() {
	silent
	[ "$(state 0)" = blocked ] || fail "it is $(state 0), not blocked"
	expect_end online 10 >/dev/null
	unblock_target
	[ "$(status_of online)" = 0 ] || fail "the writer failed: $(cat "$RUN/online/output")"
	[ "$(state 0)" = running ] || fail "it is $(state 0)"
	write_blocks "$(disk 0)" || fail "I/O fails"
	note "silent until the unblock, and then the disk works"
}

upstream() { livepatch; }
