# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a removal waits while a process holds its device, hold_max at most, and not once that process is dead"
PATHS="P1"
REQUIRES="scsi_flaky"

prepare() {
	debug_disks 3
	stop_luns 0 1 2
}

# Stock has no call by which a process could say that it is about to reconnect.
stock() {
	spawn delete delete 0
	expect_hang delete blk_execute_rq 5
}

hold_seen() {
	hold "$1"
	grep -q "^$(lun "$1") .* holds=1 " "$GUARD"/devices || fail "not in devices: $(cat "$GUARD"/devices)"
}

# delete_held LUN SECONDS: its removal goes on waiting so long
delete_held() {
	spawn delete delete "$1"
	expect_wait delete blk_execute_rq
	! wait_for "$2" ended delete || fail "the removal of a held device ended in $(took delete) ms"
}

guard() {
	# A holder that never releases.
	write 5 /sys/module/scsi_lifecycle/parameters/hold_max
	hold_seen 2
	delete_held 2 3
	expect_end delete 12 >/dev/null
	[ "$(took delete)" -ge 4500 ] || fail "a hold of 5 s held for $(took delete) ms"
	held=$(took delete)

	write 30 /sys/module/scsi_lifecycle/parameters/hold_max
	hold_seen 0
	delete_held 0 5
	killed=$(now)
	kill -9 "$(cat "$RUN/holder0/pid")"
	wait_for 5 ended delete || fail "the removal waits for the dead"
	after=$(($(now) - killed))

	# A holder whose path comes back.
	hold_seen 1
	delete_held 1 4
	flaky unblock "$(lun 1)"
	wait_for 5 ended delete || fail "the removal does not end with the unblock"
	expect_counter flushes_killed 2
	expect_counter flushes_completed 1
	note "ends $after ms after kill -9; by unblock; $held ms with hold_max=5"
}
