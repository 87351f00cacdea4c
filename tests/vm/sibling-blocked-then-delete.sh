# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="LUN 0 is deleted while a command is parked at LUN 1, which is blocked; unplugging the host waits too"
PATHS="P4"
REQUIRES="scsi_flaky"

prepare() {
	load_virtio
	load_flaky
	flaky block "$(lun 1)"
	spawn write write_blocks "$(disk 1)"
	wait_for 10 waits_in write submit_bio_wait || fail "the write to LUN 1 does not wait"
	spawn delete delete 0
}

stock() { expect_hang delete blk_mq_freeze_queue_wait 4; }

guard() {
	stock
	wait_for 10 said "$(lun 0): scsi_lifecycle: its removal has waited [0-9]* ms for $(lun 1), which is blocked and holds 1 command\$" ||
		fail "nobody says what the removal waits for"
	grep -q "^$(lun 0) state=del .* waits_for=$(lun 1) " "$GUARD"/devices || fail "not in devices: $(cat "$GUARD"/devices)"
	grep -q "^$(lun 1) state=running blocked=yes .* waits_for=- " "$GUARD"/devices || fail "not in devices: $(cat "$GUARD"/devices)"
	# The deletion holds scan_mutex, so the host's own removal does not begin, and with it no clock.
	lun1=$(lun 1)
	spawn unplug unplug_virtio
	expect_hang unplug scsi_remove_host 3
	flaky unblock "$lun1"
	wait_for 20 ended delete || fail "the removal goes on waiting"
	wait_for 20 ended unplug || fail "the unplug goes on waiting"
	wait_for 20 ended write || fail "the write goes on waiting"
	[ "$(status_of write)" = 0 ] || fail "the write failed"
	expect_counter commands_killed 0
	note "waits for LUN 1, says so, and ends with its unblock"
}
