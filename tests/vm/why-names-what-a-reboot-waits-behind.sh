# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a reboot waits behind a removal that hangs: scsi-lifecycle why names the removal, and what it advises lets the reboot through"
PATHS="P11 P1"
REQUIRES="scsi_flaky"
COMMAND=1

prepare() {
	use command
	install_guard
	debug_disks 2
	limit teardown_tmo 600
	limit reboot_tmo 600
	dirty 0
	doomed=$(lun 0)
	stop_lun 0
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	spawn down reboot -f
	expect_wait down device_shutdown
	says 1 "1. $doomed.* is being removed by $(culprit delete), delete" why
	said_too "behind it *$(culprit down), reboot"
}

# advice_reboots MS PROGRAM: not before
advice_reboots() {
	rebooting 40 "$1" "cache flush lost: blocked for at least"
	take_advice "$2"
	wait_forever
}

stock() { advice_reboots 4900 modprobe; }
guard() { advice_reboots 0 scsi-lifecycle; }
