# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a command parked at LUN 1 has the host's only tag, and LUN 0 is deleted: its flush waits for the tag"
PATHS="P16"
REQUIRES="scsi_flaky"

prepare() {
	disks_with_one_tag
	flaky block "$(lun 1)"
	park_write pending 1 blkdev_write_iter
	doomed=$(lun 0)
	spawn delete delete 0
}

# The LLD is there, and so may be the path of LUN 1: its transport decides, with and without the module.
stock() {
	expect_hang delete blk_mq_get_tag 4
	flaky unblock "$(lun 1)"
	wait_for 10 ended delete || fail "the removal did not end with the block"
	wait_for 10 ended pending || fail "the write did not end with the block"
}

guard() {
	expect_wait delete blk_mq_get_tag
	grep -q "^$doomed state=cancel .* waits_for=$(lun 1) " "$GUARD"/devices ||
		fail "the log does not say what it waits for: $(cat "$GUARD"/devices)"
	stock
	expect_message "0: scsi_lifecycle: its removal has waited [0-9]* ms for $(lun 1), which is blocked and holds 1 command"
	expect_counter flushes_completed 1
	expect_counter commands_killed 0
	note "hangs in blk_mq_get_tag until the unblock"
}

livepatch() { guard; }
