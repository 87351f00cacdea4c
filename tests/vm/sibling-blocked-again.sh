# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="LUN 0 is deleted, comes back and is deleted again, at the same address: each time it is said that LUN 1 is waited for"
PATHS="P4"
REQUIRES="scsi_flaky"
GUARD_ONLY=1

prepare() {
	load_virtio
	load_flaky
	host=$(debug_host) lun1=$(lun 1)
}

said_times() { [ "$(dmesg | grep -c "its removal has waited [0-9]* ms for $lun1,")" = "$1" ]; }
there() { [ -e "$(device 0)" ] && disk 0 >/dev/null 2>&1; }

guard() {
	for turn in 1 2 3 4; do
		flaky block "$lun1"
		spawn write write_blocks "$(disk 1)"
		wait_for 10 waits_in write submit_bio_wait || fail "the write to LUN 1 does not wait"
		spawn delete delete 0
		wait_for 10 waits_in delete blk_mq_freeze_queue_wait || fail "the deletion does not wait"
		wait_for 10 said_times $turn || fail "turn $turn: said $(dmesg | grep -c 'its removal has waited') times"
		flaky unblock "$lun1"
		wait_for 20 ended delete || fail "the deletion goes on waiting"
		wait_for 20 ended write || fail "the write goes on waiting"
		write "0 0 0" "/sys/class/scsi_host/host$host/scan"
		wait_for 20 there || fail "LUN 0 does not come back"
	done
	note "said each time"
}
