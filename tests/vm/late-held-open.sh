# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a disk that was removed with a stopped queue is still held open when the module is loaded"
PATHS="P13"
REQUIRES="scsi_flaky"
GUARD_ONLY="nothing hangs: the module is loaded later, and is to leave it so"
WORDS=slub_debug=FZPU
LATE=1

prepare() {
	debug_disks 1 opts=0x1000
	exec 9</dev/sg0
	stop_lun 0
	spawn delete delete 0
	expect_end delete 10 >/dev/null
}

# Its queue is destroyed already: the module starts none, and counts none.
guard() {
	load_guard teardown_tmo=0
	grep -q 'state=del' "$GUARD"/devices || fail "the device is not held: $(cat "$GUARD"/devices)"
	write 1 "$GUARD"/rescue || fail "rescue does not take 1"
	expect_counter rescued 0
	spawn unload rmmod scsi_lifecycle
	expect_end unload 10
	exec 9<&-
}
