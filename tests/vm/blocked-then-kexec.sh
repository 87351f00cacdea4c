# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="kexec with a blocked disk: sd_shutdown waits in SYNCHRONIZE CACHE, as at a reboot"
PATHS="P11"
REQUIRES="scsi_flaky"

prepare() {
	use down
	blocked_disk
}

stock() { expect_down_hangs kexec; }
guard() { expect_down_at_reboot_tmo kexec; }
livepatch() { guard; }

upstream() { expect_down_at_shutdown_tmo kexec; }
