# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the abort of a swallowed fsync of a dead device puts it back to be sent again, while the host recovers"
PATHS="P7 P9"
REQUIRES="scsi_stubborn"
GUARD_ONLY="flush-swallowed shows stock's wait; this begins with the module's abort"

fsync() { dd if=/dev/zero of="/dev/$1" bs=4096 count=1 conv=fsync; }

# LUN 1 brings the host into recovery, which has to wait for what the LLD holds of LUN 0.
prepare() {
	load_stubborn luns=2
	limit flush_tmo 5
	order eh_works device
	order hold flush
	write 1 "$(device 1)/timeout"
	spawn writer fsync "$(disk 0)"
	wait_for 10 tells held 1 || fail "no flush was sent"
	spawn delete delete 0
	spawn sibling fsync "$(disk 1)"
	wait_for 20 recovers || fail "the host is not in recovery"
	order eh_works abort
}

given_up() { [ "$(counter commands_killed)" -ge 1 ]; }

guard() {
	wait_for 10 given_up || fail "the fsync was not given up"
	wait_for 10 tells held 1 || fail "the fsync was not aborted"
	order hold nothing
	wait_for 10 ended sibling || fail "LUN 1 did not recover"
	wait_for 10 ended writer || fail "the fsync has not ended"
	expect_end delete 20
}
