# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="error handling of a swallowed flush passes over the removed LUN's own reset, and resets the target"
PATHS="P18"
REQUIRES="scsi_stubborn"

# Aborts fail and a reset of a device works: LUN 1, which stays, recovers by it.
prepare() {
	load_stubborn luns=2
	limit flush_tmo 1
	for each in 0 1; do
		write 1 "$(device $each)/timeout"
	done
	order eh_works device
	order hold flush
	spawn sync dd if=/dev/zero of="/dev/$(disk 1)" bs=4096 count=1 conv=fsync
	wait_for 20 tells device_resets 1 || fail "error handling of LUN 1 does not begin with its reset"
	order hold nothing
	wait_for 20 ended sync || fail "LUN 1 did not recover"
	tells target_resets 0 || fail "error handling of LUN 1 went on to its target"
	order hold flush
	spawn delete delete 0
	wait_for 30 ended delete || fail "the removal has not ended"
	tells device_resets 1 || fail "the removed LUN was reset by itself"
}

# One for each of sd's tries at least.
stock() {
	case $(uname -r) in
	6.1.*) [ "$(told target_resets)" = 6 ] ;;
	6.12.*) [ "$(told target_resets)" = 8 ] ;;
	*) [ "$(told target_resets)" -ge 3 ] ;;
	esac || fail "$(told target_resets) target resets"
	note "$(told target_resets) resets of the target"
}

# The flush is given up before its first try times out, and not tried again.
guard() {
	tells target_resets 1 || fail "$(told target_resets) target resets"
	expect_counter flushes_killed 1
	note "1 reset of the target"
}

livepatch() { guard; }
