# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the transport gives the path up during a removal, before its flush is sent and after: the loss is said"
PATHS=
REQUIRES="scsi_flaky scsi_stubborn"
GUARD_ONLY="stock does not say that a flush was lost"

# What the LLD of such a transport answers.
prepare() {
	load_stubborn luns=2
	load_flaky
	limit teardown_tmo 60
	order answer no_connect
	first=$(lun 0) second=$(lun 1) disk1=$(disk 1)
}

parked() {
	flaky block "$first"
	flaky offline "$first"
	spawn delete0 delete 0
	wait_for 10 waits_in delete0 blk_execute_rq || fail "the flush of LUN 0 is not parked"
	flaky fail "$first"
	expect_end delete0 20 >/dev/null
	expect_message "0: scsi_lifecycle: cache flush $1"
}

# The removal waits for a write that the LLD has, and is not at its flush yet.
before_its_flush() {
	order hold write
	spawn writer write_blocks "$disk1"
	wait_for 10 tells held 1 || fail "the LLD has no write"
	flaky block "$second"
	flaky offline "$second"
	spawn delete1 delete 1
	wait_for 10 waits_in delete1 del_gendisk || fail "the removal of LUN 1 does not wait for the write"
	flaky fail "$second"
	order hold nothing
	expect_end delete1 20 >/dev/null
	expect_message "1: scsi_lifecycle: cache flush $1"
	tells flushed 0 || fail "a flush was carried out"
	expect_counter flushes_completed 0
	note "said both times"
}

# Stock's unblock of a device under removal sends the flush, and it is the LLD that knows better.
guard() {
	parked "\(lost\|failed\)"
	before_its_flush "\(lost\|failed\)"
}

livepatch() {
	parked lost
	before_its_flush lost
	expect_counter flushes_killed 2
}
