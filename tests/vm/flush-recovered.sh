# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the disk answers every flush with a RECOVERED ERROR, so its cache is on the medium: completed"
PATHS=
REQUIRES="scsi_stubborn"
GUARD_ONLY="stock does not say what became of a flush"

prepare() {
	load_stubborn
	order answer recovered_error
	spawn delete delete 0
}

guard() {
	expect_end delete 20
	[ "$(told flushed)" -gt 0 ] || fail "no flush was carried out"
	expect_counter flushes_completed 1
	expect_counter flushes_failed 0
	! said "cache flush" || fail "it is said to have failed"
}
