# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="one LUN refuses, and the block and unblock of its host leave those after it as they were: I/O hangs"
PATHS="P17"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"

on_host() { echo "$1 $(debug_host)" >"$CONTROL" 2>/run/why; }
refused() { ! on_host "$1" && grep -q 'Invalid argument' /run/why; }
states() { echo "$(state 0) $(state 1) $(state 2)"; }
expect_states() { [ "$(states)" = "$1" ] || fail "the LUNs are $(states), not $1"; }

# A device that its transport has given up cannot be blocked; one that runs cannot be unblocked.
prepare() {
	debug_disks 3
	flaky block "$(lun 1)"
	flaky fail "$(lun 1)"
	refused block || fail "the block of the host was not refused: $(cat /run/why)"
}

stock() {
	expect_states "blocked transport-offline running"
	flaky unblock "$(lun 1)"
	flaky block "$(lun 2)"
	refused unblock || fail "the unblock of the host was not refused: $(cat /run/why)"
	expect_states "running running blocked"
	spawn writer write_blocks "$(disk 2)"
	expect_hang writer blkdev_write_iter 4
	note "leaves LUN 2 unblocked, then blocked, and its I/O hangs"
}

guard() { stock; }

livepatch() {
	expect_states "blocked transport-offline blocked"
	flaky unblock "$(lun 1)"
	refused unblock || fail "the unblock of the host was not refused: $(cat /run/why)"
	expect_states "running running running"
	write_blocks "$(disk 2)" || fail "I/O fails"
	note "reaches all LUNs, and says that one refused"
}

upstream() { livepatch; }
