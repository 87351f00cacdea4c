# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a class interface waits for a blocked disk with the mutex of the class held, as ses may, and the disk is deleted"
PATHS="P21"
REQUIRES="scsi_flaky scsi_chatty"

prepare() {
	debug_disks
	stop_target
	hold_class_mutex
	listen
	spawn delete delete 0
}

stock() { expect_hang delete device_del 10; }

# No callback of the class tells of the removal: that needs the same mutex. It is found within three seconds, and ends
# two seconds after that.
guard() {
	expect_end delete 12
	[ "$(took delete)" -le 7000 ] || fail "it was found late: it took $(took delete) ms"
	wait_for 10 ended probe || fail "the class interface still waits"
	expect_counter removals 1
	expect_event "^node $(lun 0) .*SCSI_LIFECYCLE_CAUSE=remove"
	expect_accounts
}

livepatch() { guard; }

upstream() {
	expect_end delete 12
	wait_for 10 ended probe || fail "the class interface still waits"
}
