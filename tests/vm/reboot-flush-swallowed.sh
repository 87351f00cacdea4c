# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="reboot, and the LLD swallows the shutdown's SYNCHRONIZE CACHE: bounded by flush_tmo"
PATHS="P11 P7"
REQUIRES="scsi_stubborn"

prepare() {
	load_stubborn
	limit flush_tmo 3
	order hold flush
}

stock() {
	spawn reboot reboot -f
	expect_hang reboot blk_execute_rq 10
}

guard() {
	rebooting 12 2900 "scsi_lifecycle: cache flush lost: not answered for"
	spawn reboot reboot -f
	wait_forever
}

upstream() {
	rebooting 12 2900 "Synchronize Cache given up after"
	spawn reboot reboot -f
	wait_forever
}
