# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="scsi-lifecycle why advises sysrq for a reboot that hangs: the machine restarts at once"
PATHS="P11"
REQUIRES="scsi_flaky"
COMMAND=1

prepare() {
	use down
	why_of_reboot 600
	said_too "echo b >/proc/sysrq-trigger: the machine restarts at once"
	rebooting 10 0 "sysrq: Resetting"
	take_advice echo
	wait_forever
}
stock() { :; }
guard() { :; }
