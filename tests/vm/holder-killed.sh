# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a removal waits for who holds its device, no longer than hold_max, and not for the dead"
PATHS="P1"
REQUIRES="scsi_flaky"

prepare() {
	load_debug max_luns=3
	load_flaky
	for each in 0 1 2; do
		flaky block "$(lun $each)"
		flaky offline "$(lun $each)"
	done
}

# Nobody can say there that he is about to reconnect, nor would it help.
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
	wait_for 10 waits_in delete blk_execute_rq || fail "the removal does not wait"
	! wait_for "$2" ended delete || fail "the removal of a held device ended in $(took delete) ms"
}

guard() {
	# Who never comes back.
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

	# Who is about to reconnect, and does.
	hold_seen 1
	delete_held 1 4
	flaky unblock "$(lun 1)"
	wait_for 5 ended delete || fail "the removal does not end with the unblock"
	expect_counter flushes_killed 2
	expect_counter flushes_completed 1
	note "ends $after ms after kill -9; by unblock; $held ms with hold_max=5"
}
