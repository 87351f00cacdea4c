# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="LUN 0 is deleted while the LLD has a write of LUN 1's and does not answer: stock waits for it, and keeps LUN 1 waiting"
PATHS="P4"
REQUIRES="scsi_stubborn"

prepare() {
	load_stubborn luns=2
	write 300 "$(device 1)/timeout"
	hold_write write 1
	spawn delete delete 0
}

read_block() { dd if="/dev/$(disk 1)" of=/dev/null bs=4096 count=1 iflag=direct; }

# Read one block after the other for so many seconds: none is kept waiting.
reads_go_on() {
	reads_end=$(($(now) + $1 * 1000))
	while [ "$(now)" -lt $reads_end ]; do
		spawn read read_block
		expect_end read 3 >/dev/null
		[ "$(status_of read)" = 0 ] || fail "a read of LUN 1 failed"
	done
}

answered() {
	order hold nothing
	wait_for 20 ended write || fail "the write goes on waiting"
	[ "$(status_of write)" = 0 ] || fail "the write failed"
}

stock() {
	expect_hang delete blk_mq_freeze_queue_wait 4
	spawn read read_block
	! wait_for 3 ended read || fail "LUN 1 is read meanwhile"
	answered
	wait_for 20 ended delete || fail "the removal goes on waiting"
}

unload() { rmmod scsi_lifecycle 2>/dev/null; }

guard() {
	expect_end delete 8
	reads_go_on 14
	! unload || fail "the queue that stands in is gone while LUN 1 has not come to rest"
	answered
	expect_counter commands_killed 0
	expect_counter flushes_completed 1
	wait_for 40 unload || fail "it cannot be unloaded"
	note "ends in $(took delete) ms, and LUN 1 is read meanwhile"
}
