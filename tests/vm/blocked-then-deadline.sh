# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a blocked disk is deleted and its path does not come back: one teardown_tmo, one message"
PATHS="P5"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"

prepare() {
	debug_disks
	trace_on
	dirty 0
	block_target
	spawn delete delete 0
}

stock() {
	expect_end delete 10
	note "loses the flush"
}

guard() {
	expect_end delete 10
	expect_message "scsi_lifecycle: cache flush lost: removed while blocked"
}

livepatch() {
	expect_end delete 10
	[ "$(took delete)" -ge 2000 ] || fail "it was not given its time"
	[ "$(flushes_sent)" = 0 ] || fail "a flush was sent"
	expect_counter flushes_killed 1
	[ "$(dmesg | grep -c 'scsi_lifecycle: cache flush lost: blocked for at least')" = 1 ] || fail "not one message"
	note "killed at the deadline, in $(took delete) ms"
}

upstream() {
	expect_end delete 10
	[ "$(took delete)" -ge 2000 ] || fail "it was not given its time"
	[ "$(flushes_sent)" = 0 ] || fail "a flush was sent"
	expect_expired "$(lun 0)"
	note "fails it at the deadline, in $(took delete) ms"
}
