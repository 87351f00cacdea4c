# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a reboot hangs in the flush of a blocked disk, then the module is loaded: the reboot goes on"
PATHS="P11"
REQUIRES="scsi_flaky"
LATE=1

prepare() {
	use down
	blocked_disk
	spawn down reboot -f
	expect_hang down blk_execute_rq 3
}

stock() { expect_hang down blk_execute_rq 3; }

guard() {
	load_guard reboot_tmo=2
	expect_message "scsi_lifecycle: [0-9.]* loaded: .*, the machine goes down, no livepatch"
	rebooting 8 1000 "scsi_lifecycle: cache flush lost: blocked for at least"
	wait_forever
}
