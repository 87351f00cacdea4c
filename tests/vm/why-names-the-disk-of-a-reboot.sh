# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="scsi-lifecycle why names a reboot that hangs, the blocked disks and, with the module, when it goes on"
PATHS="P11"
REQUIRES="scsi_flaky"
COMMAND=1

prepare() {
	use command
	use down
	install_guard
	blocked_disk
	limit reboot_tmo 30
	spawn down reboot -f
	expect_wait down blk_execute_rq
	asked=$(now)
	says 1 "1. the machine goes down: $(culprit down), reboot" why
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
	rebooting $((left + 10)) $(((left - 1) * 1000 - $(now) + asked)) \
		"scsi_lifecycle: cache flush lost: blocked for at least"
	wait_forever
}
