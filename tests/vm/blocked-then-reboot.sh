# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="reboot with a blocked disk: sd_shutdown waits in SYNCHRONIZE CACHE"
PATHS="P11"
REQUIRES="scsi_flaky"

prepare() {
	load_debug
	load_flaky
	write_blocks "$(disk 0)"
	flaky block "$(target_of "$(lun 0)")"
}

stock() {
	spawn reboot reboot -f
	expect_hang reboot blk_execute_rq 6
}

# Nobody holds that up.
guard() {
	hold 0
	rebooting 10
	spawn reboot reboot -f
	wait_forever
}
