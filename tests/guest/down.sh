# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# A machine that goes down with a blocked disk, by whatever command.

blocked_disk() {
	debug_disks 2
	dirty 0
	block_target
}

# The shutdown of stock waits in the disk's flush.
expect_down_hangs() {
	spawn down "$@"
	expect_hang down blk_execute_rq 6
}

# A reboot hangs, and the command names it, asked at ASKED: why_of_reboot REBOOT_TMO
why_of_reboot() {
	use command
	install_guard
	blocked_disk
	limit reboot_tmo "$1"
	spawn down reboot -f
	expect_wait down blk_execute_rq
	ASKED=$(now)
	says 1 "1. the machine goes down: $(culprit down), reboot" why
}

# A shutdown has a limit of its own, reboot_tmo, which neither teardown_tmo nor a hold changes.
expect_down_at_reboot_tmo() {
	limit teardown_tmo 60
	limit reboot_tmo 2
	hold 0
	rebooting 10 1900 "scsi_lifecycle: cache flush lost: blocked for at least"
	spawn down "$@"
	wait_forever
}

# The same, on a kernel with the series of upstream/.
expect_down_at_shutdown_tmo() {
	limit teardown_tmo 60
	limit reboot_tmo 2
	rebooting 10 1900 "during its shutdown, failing its commands"
	spawn down "$@"
	wait_forever
}
