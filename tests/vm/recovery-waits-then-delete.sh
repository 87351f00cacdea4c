# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="error handling of LUN 1 waits for its transport, and LUN 0 is deleted: its flush waits for the host"
PATHS="P10"
REQUIRES="scsi_stubborn"

prepare() {
	load_stubborn luns=2
	recovery_waits
	recovers || fail "the host is not in recovery"
	spawn delete delete 0
}

# Nothing is sent to any LUN meanwhile. Its transport lets error handling go on.
stock() {
	expect_hang delete blk_execute_rq 6
	recovery_ends
}

guard() {
	expect_wait delete blk_execute_rq
	wait_for 10 waits_for_recovery || fail "the log does not say what it waits for: $(cat "$GUARD"/devices)"
	stock
	expect_message "0: scsi_lifecycle: its removal has waited [0-9]* ms for the error handling of host[0-9]*"
	expect_counter flushes_completed 1
	expect_counter commands_killed 0
	note "hangs until error handling goes on, and says so"
}

waits_for_recovery() { grep -q 'state=cancel .* waits_for=error_handling' "$GUARD"/devices; }

livepatch() { guard; }
