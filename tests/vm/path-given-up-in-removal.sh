# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the transport gives the path up during a removal, before its flush is sent and after: the loss is said"
PATHS=
REQUIRES="scsi_flaky scsi_stubborn"
GUARD_ONLY="stock does not say that a flush was lost"

# What the LLD of such a transport answers.
prepare() {
	stubborn_disks 2
	limit teardown_tmo 60
	order answer no_connect
	first=$(lun 0) second=$(lun 1) disk1=$(disk 1)
}

parked() {
	flaky block "$first"
	flaky offline "$first"
	spawn delete0 delete 0
	expect_wait delete0 blk_execute_rq
	flaky fail "$first"
	expect_end delete0 20 >/dev/null
	expect_message "0: $1"
}

# The removal waits for a write that the LLD has, and is not at its flush yet.
before_its_flush() {
	order hold write
	spawn writer write_blocks "$disk1"
	wait_for 10 tells held 1 || fail "the LLD has no write"
	flaky block "$second"
	flaky offline "$second"
	spawn delete1 delete 1
	expect_wait delete1 del_gendisk
	flaky fail "$second"
	order hold nothing
	expect_end delete1 20 >/dev/null
	expect_message "1: $1"
	tells flushed 0 || fail "a flush was carried out"
	note "said both times"
}

# Stock's unblock of a device under removal sends the flush, and the LLD fails it.
guard() {
	parked "scsi_lifecycle: cache flush \(lost\|failed\)"
	before_its_flush "scsi_lifecycle: cache flush \(lost\|failed\)"
	expect_counter flushes_completed 0
}

livepatch() {
	parked "scsi_lifecycle: cache flush lost"
	before_its_flush "scsi_lifecycle: cache flush lost"
	expect_counter flushes_completed 0
	expect_counter flushes_killed 2
}

upstream() {
	parked "given up by its transport during its removal, failing its commands"
	before_its_flush "given up by its transport during its removal, failing its commands"
}
