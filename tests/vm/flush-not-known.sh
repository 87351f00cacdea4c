# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a disk that knows no SYNCHRONIZE CACHE loses none, and one that is set to write through is flushed all the same"
PATHS=
REQUIRES="scsi_stubborn"
GUARD_ONLY="this is about the counters"

prepare() {
	load_stubborn luns=2
	order answer unknown_command
}

guard() {
	delete 0
	expect_counter flushes_none 1
	order answer good
	write "write through" "/sys/block/$(disk 1)/queue/write_cache"
	delete 1
	tells flushed 1 || fail "sd sent no flush"
	expect_counter flushes_completed 1
	expect_counter flushes_killed 0
	expect_counter flushes_failed 0
	expect_accounts
	! said "cache flush" || fail "something is said of a flush"
}
