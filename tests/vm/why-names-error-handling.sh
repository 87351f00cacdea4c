# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="scsi-lifecycle why names the error handling that a removal waits for, and what it advises ends the wait"
PATHS="P10"
REQUIRES="scsi_stubborn"
COMMAND=1

prepare() {
	use command
	load_stubborn luns=2
	recovery_waits
	doomed=$(lun 0)
	says 1 "host$(debug_host) is in error handling" check "$doomed"
	spawn delete delete 0
	expect_wait delete blk_execute_rq
}

names_recovery() {
	says 1 "1. $doomed.* is being removed by $(culprit delete), delete" why
	said_too "waits for *the error handling of host$(debug_host)\$"
	said_too "sooner *bring the path back"
	[ "$(grep -c "waits for" /run/said)" = 1 ] || fail "it names more than that"
	says 3 "$doomed  still there" wait --timeout 2 "$doomed"
}

ends_with_recovery() {
	recovery_ends
	says 0 "Nothing hangs" why
	note "error handling is named, and ends it"
}

stock() {
	names_recovery
	ends_with_recovery
}

# The administrator's own end waits for error handling too, and says so.
guard() {
	names_recovery
	says 0 "$doomed.*: its removal waits for the error handling of host$(debug_host) alone" end "$doomed"
	says 3 "$doomed  still there" wait --timeout 2 "$doomed"
	ends_with_recovery
}
