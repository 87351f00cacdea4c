# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the flush fails by itself, then the LLD swallows the START STOP UNIT: the flush failed, and was not cut off"
PATHS="P8"
REQUIRES="scsi_stubborn"
GUARD_ONLY="stock does not say what became of a flush"

prepare() {
	load_stubborn
	limit flush_tmo 3
	let_sd_stop 0
	order answer medium_error
	order fault "0:0 start swallow 99"
	spawn delete delete 0
}

guard() {
	expect_end delete 20
	[ "$(took delete)" -ge 2500 ] || fail "the START STOP UNIT was not waited for: $(took delete) ms"
	expect_message "scsi_lifecycle: not answered for [0-9]* ms, aborted 1 command"
	expect_message "0: scsi_lifecycle: cache flush failed: result 0x0*2, sense"
	! said "cache flush lost" || fail "a flush that was answered is said to be lost"
	expect_counter flushes_failed 1
	expect_counter flushes_killed 0
	expect_accounts
}
