# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the flush fails by itself, the path is lost, and given up while a START STOP UNIT waits: the flush failed, and was not killed"
PATHS=
REQUIRES="scsi_flaky scsi_stubborn"
LIVEPATCH_ONLY="without it nothing blocks a device under removal"

prepare() {
	stubborn_disks
	lun0=$(lun 0)
	let_sd_stop 0
	limit teardown_tmo 60
	trace_on
	order answer medium_error
	order fault "0:0 flush slow 2000"
	spawn delete delete 0
}

sent() { [ "$(flushes_sent)" -ge "$1" ]; }

# sd tries three times, on newer kernels four: what follows the last try is not to get to the LLD.
livepatch() {
	last=3
	[ "$(uname -r | cut -d. -f1,2)" = 6.1 ] || last=4
	wait_for 20 sent $last || fail "there is no try number $last"
	flaky block "$lun0"
	expect_wait delete sd_start_stop_device
	flaky fail "$lun0"
	expect_end delete 20
	expect_message "cache flush failed: result 0x0*2, sense 3/0c/00, $last tries"
	! said "cache flush lost" || fail "a flush that was answered is said to be lost"
	expect_counter flushes_failed 1
	expect_counter flushes_killed 0
	expect_accounts
}
