# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: the path is away, a write waits at LUN 1, LUN 0 is deleted: on stock it waits for the write, and so for the path"
PATHS="P4 P5"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian

prepare() {
	use fcoe
	use row
	use udev
	fcoe_disks 2 120
	doomed=$(lun 0)
	lose_path link
	park_write write 1 submit_bio_wait
	spawn delete delete 0
}

stock() {
	expect_hang delete blk_mq_freeze_queue_wait 6
	write_arrives
	wait_for 20 ended delete || fail "the deletion does not end"
	row delete write
}

guard() {
	expect_end delete 8
	wait_for 5 said "$doomed: scsi_lifecycle: cache flush lost" || fail "the loss is not said"
	running write || fail "the write to LUN 1 ended with $(status_of write)"
	write_arrives
	expect_counter flushes_killed 1
	expect_counter commands_killed "${killed:-0}"
	row delete write
}

# Its own flush waited for the path, and was cut off.
livepatch() {
	killed=1
	guard
}

write_arrives() {
	regain_path
	wait_for 20 ended write || fail "the write goes on waiting"
	[ "$(status_of write)" = 0 ] || fail "the write failed"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
}
