# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="power-off with a blocked disk: sd_shutdown waits in SYNCHRONIZE CACHE, as at a reboot"
PATHS="P11"
REQUIRES="scsi_flaky"

prepare() {
	use down
	blocked_disk
}

stock() { expect_down_hangs poweroff -f; }
guard() { expect_down_at_reboot_tmo poweroff -f; }
livepatch() { guard; }

upstream() { expect_down_at_shutdown_tmo poweroff -f; }
