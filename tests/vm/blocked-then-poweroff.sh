# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="power-off with a blocked disk: sd_shutdown waits in SYNCHRONIZE CACHE, as at a reboot"
PATHS="P11"
REQUIRES="scsi_flaky"

prepare() {
	load_debug
	load_flaky
	write_blocks "$(disk 0)"
	flaky block "$(target_of "$(lun 0)")"
}

stock() {
	spawn poweroff poweroff -f
	expect_hang poweroff blk_execute_rq 6
}

# It has a limit of its own, which neither teardown_tmo nor a hold changes.
guard() {
	limit teardown_tmo 60
	limit reboot_tmo 2
	hold 0
	rebooting 10 1900 "scsi_lifecycle: cache flush lost: blocked for at least"
	spawn poweroff poweroff -f
	wait_forever
}

livepatch() { guard; }
