# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="commands of another LUN, which has a scheduler, are not counted as killed with those of one that has none"
PATHS=
REQUIRES="scsi_flaky scsi_stubborn"
GUARD_ONLY="stock does not say what became of a flush"

many_held() { [ "$(told held)" -ge 12 ]; }

# LUN 1 now has tags of the host that LUN 0 had when it came up.
prepare() {
	stubborn_disks 2
	write none "/sys/block/$(disk 0)/queue/scheduler"
	write mq-deadline "/sys/block/$(disk 1)/queue/scheduler"
	order hold write
	for each in $(seq 16); do
		spawn writer"$each" write_blocks "$(disk 1)"
	done
	wait_for 20 many_held || fail "the LLD holds $(told held) writes"
	stop_lun 0
	spawn delete delete 0
}

flush_killed() { [ "$(counter flushes_killed)" = 1 ]; }

guard() {
	wait_for 8 flush_killed || fail "the flush was not killed"
	expect_message "0: scsi_lifecycle: cache flush lost: blocked for at least [0-9]* ms, killed 1 command$"
	expect_counter commands_killed 1
	# LUN 0's removal waits for those as well, as any does for what another LUN has at the LLD.
	order hold nothing
	expect_end delete 20
}
