# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="on a host that is removed the transport blocks a LUN again whose time was up, as SRP does for each attempt: no warning"
PATHS="P3"
REQUIRES="scsi_flaky"

# device_block() warns of a state
# that it does not know how to leave, and scripts/vm-log fails a run that warns.
prepare() {
	debug_disks 2
	dirty 0
	target=$(target_of "$(lun 0)") lun1=$(lun 1)
	trace_on
	flaky block "$lun1"
	keep_host_leaving
}

block_again() {
	running remove || fail "the host is gone too early"
	flaky block "$target"
	note "blocks it again without a warning"
}

stock() { block_again; }

guard() {
	wait_for 10 cut_off "$lun1" || fail "LUN 1 waits on: $(cat "$GUARD"/devices)"
	block_again
}

livepatch() { guard; }

upstream() {
	wait_for 10 said "$lun1: blocked for .*failing its commands" || fail "LUN 1 waits on"
	block_again
}
