# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="scsi-lifecycle why names the error handling that a removal waits for, and what it advises ends the wait"
PATHS="P10"
REQUIRES="scsi_stubborn"
COMMAND=1

prepare() {
	use command
	load_stubborn luns=2
	order eh_works device
	order eh_waits Y
	order hold write
	write 1 "$(device 1)/timeout"
	spawn pending write_blocks "$(disk 1)"
	wait_for 20 tells device_resets 1 || fail "error handling has not begun"
	doomed=$(lun 0)
	says 1 "host$(debug_host) is in error handling" check "$doomed"
	spawn delete delete 0
	expect_wait delete blk_execute_rq
}

stock() {
	says 1 "1. $doomed.* is being removed by $(culprit delete), delete" why
	said_too "waits for *the error handling of host$(debug_host)\$"
	said_too "sooner *bring the path back"
	[ "$(grep -c "waits for" /run/said)" = 1 ] || fail "it names more than that"
	says 3 "$doomed  still there" wait --timeout 2 "$doomed"
	order hold nothing
	order eh_waits N
	wait_for 10 ended pending || fail "the write to LUN 1 did not end with error handling"
	wait_for 10 ended delete || fail "the removal did not end with error handling"
	says 0 "Nothing hangs" why
	note "error handling is named, and ends it"
}

guard() { stock; }
