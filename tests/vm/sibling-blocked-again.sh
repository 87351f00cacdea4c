# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="LUN 0 is deleted, comes back and is deleted again, at the same address, while a command is parked at LUN 1: each time it ends"
PATHS="P4"
REQUIRES="scsi_flaky"
GUARD_ONLY="sibling-blocked-then-delete shows stock's hang, which ends the machine there"

prepare() {
	virtio_disks
	host=$(debug_host) lun1=$(lun 1)
}

there() { [ -e "$(device 0)" ] && disk 0 >/dev/null 2>&1; }
unload() { rmmod scsi_lifecycle 2>/dev/null; }

delete_and_add() {
	spawn delete delete 0
	expect_end delete 8 >/dev/null
	write "0 0 0" "/sys/class/scsi_host/host$host/scan"
	wait_for 20 there || fail "LUN 0 does not come back"
}

guard() {
	for turn in 1 2 3; do
		flaky block "$lun1"
		park_write write 1 submit_bio_wait
		# Within one block, and across blocks.
		delete_and_add
		delete_and_add
		flaky unblock "$lun1"
		wait_for 20 ended write || fail "the write goes on waiting"
		[ "$(status_of write)" = 0 ] || fail "the write failed"
	done
	expect_counter removals 6
	expect_counter flushes_completed 6
	expect_counter commands_killed 0
	! said "its removal has waited" || fail "a removal waited"
	wait_for 20 unload || fail "it cannot be unloaded"
	note "ends each time"
}
