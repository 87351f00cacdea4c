# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="scsi-lifecycle why names a reboot that hangs, the blocked disks and, with the module, when it goes on"
PATHS="P11"
REQUIRES="scsi_flaky"
COMMAND=1

prepare() {
	use down
	why_of_reboot 30
	said_too "because *$(lun 0) (.*) is blocked"
}

stock() {
	said_too "sooner *bring the path back: the flush completes"
	take_advice modprobe
	rebooting 30 8000 "scsi_lifecycle: cache flush lost: blocked for at least"
	wait_forever
}

guard() {
	left=$(sed -n 's/.* ends *in \([0-9]*\).* s, by reboot_tmo: the flush is then lost$/\1/p' /run/said)
	[ -n "$left" ] || fail "it does not say when the reboot goes on"
	rebooting $((left + 10)) $(((left - 1) * 1000 - $(now) + ASKED)) \
		"scsi_lifecycle: cache flush lost: blocked for at least"
	wait_forever
}
