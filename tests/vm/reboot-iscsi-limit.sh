# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="reboot with a blocked iSCSI disk whose path is never given up: by default its transport's own time, and 10 s more"
PATHS="P11"
REQUIRES="scsi_flaky iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

# The session is up: what blocks its target is not the transport, so no timer of the transport's runs.
prepare() {
	use udev
	use iscsi
	iscsi_disks 1 3
	load_flaky
	[ "$(cat /sys/class/iscsi_session/session*/recovery_tmo)" = 3 ] || fail "the session's time is not 3 s"
	block_target
}

stock() {
	spawn reboot reboot -f
	expect_hang reboot blk_execute_rq 6
}

guard() {
	rebooting 40 12900 "cache flush lost: blocked for at least"
	spawn reboot reboot -f
	wait_forever
}

livepatch() { guard; }
