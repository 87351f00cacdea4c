# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="an offline disk with a stopped queue is set running: the writer hangs, I/O is dead"
PATHS="P2"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"

prepare() {
	load_debug
	load_flaky
	flaky block "$(target_of "$(lun 0)")"
	flaky offline "$(lun 0)"
	spawn online write running "$(device 0)/state"
}

stock() {
	expect_hang online blk_execute_rq 3
	! echo "unblock $(lun 0)" >"$CONTROL" 2>/dev/null || fail "stock's unblock took it"
	expect_hang online blk_execute_rq 1
}

guard() { stock; }

livepatch() {
	expect_end online 10
	write_blocks "$(disk 0)" || fail "I/O fails"
	note "returns in $(took online) ms, and I/O works"
}
