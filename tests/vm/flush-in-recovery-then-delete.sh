# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="error handling of a swallowed flush waits for its transport: that is what the removal waits for, and not the LLD"
PATHS="P10"
REQUIRES="scsi_stubborn"
GUARD_ONLY="recovery-waits-then-delete shows stock's wait; this is about what is named"

prepare() {
	load_stubborn
	limit flush_tmo 2
	order eh_works target
	order eh_waits Y
	delete_with_held_flush
}

guard() {
	wait_for 10 tells target_resets 1 || fail "error handling does not wait"
	wait_for 10 said "its removal has waited [0-9]* ms for the error handling of host" ||
		fail "the log does not say what the removal waits for"
	! said "its removal has waited [0-9]* ms for scsi_stubborn" || fail "the LLD is blamed"
	grep -q 'waits_for=error_handling' "$GUARD"/devices || fail "not in devices: $(cat "$GUARD"/devices)"
	order eh_waits N
	wait_for 30 ended delete || fail "the deletion goes on waiting"
	note "waits for error handling, and says so"
}
