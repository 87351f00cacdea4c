# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# A machine that goes down with a blocked disk, by whatever command.

blocked_disk() {
	load_debug max_luns=2
	load_flaky
	write_blocks "$(disk 0)"
	flaky block "$(target_of "$(lun 0)")"
}

# The shutdown of stock waits in the disk's flush.
expect_down_hangs() {
	spawn down "$@"
	expect_hang down blk_execute_rq 6
}

# It has a limit of its own, which neither teardown_tmo nor a hold changes.
expect_down_at_reboot_tmo() {
	limit teardown_tmo 60
	limit reboot_tmo 2
	hold 0
	rebooting 10 1900 "scsi_lifecycle: cache flush lost: blocked for at least"
	spawn down "$@"
	wait_forever
}
