# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="reboot with a blocked disk: sd_shutdown waits in SYNCHRONIZE CACHE"
EACH_KERNEL=1
PATHS="P11"
REQUIRES="scsi_flaky"

prepare() {
	use down
	blocked_disk
}

stock() { expect_down_hangs reboot -f; }
guard() { expect_down_at_reboot_tmo reboot -f; }
livepatch() { guard; }

upstream() { expect_down_at_shutdown_tmo reboot -f; }
