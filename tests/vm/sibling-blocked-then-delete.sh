# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="LUN 0 is deleted while a command is parked at LUN 1, which is blocked: stock waits for LUN 1"
EACH_KERNEL=1
PATHS="P4"
REQUIRES="scsi_flaky"

prepare() {
	virtio_disks
	lun1=$(lun 1)
	flaky block "$lun1"
	park_write write 1 submit_bio_wait
	spawn delete delete 0
}

stock() { expect_hang delete blk_mq_freeze_queue_wait 4; }

unload() { rmmod scsi_lifecycle 2>/dev/null; }

# LUN 1 keeps its command for the path to come back, and the module must stay until then.
guard() {
	expect_end delete 8
	[ "$(state 1)" = blocked ] || fail "LUN 1 is $(state 1)"
	waits_in write submit_bio_wait || fail "the write to LUN 1 does not wait any more"
	[ ! -e "$LIVEPATCH" ] || unload_livepatch
	! unload || fail "unloaded with a queue of its own in the host's tag set"
	flaky unblock "$lun1"
	wait_for 20 ended write || fail "the write goes on waiting"
	[ "$(status_of write)" = 0 ] || fail "the write failed"
	# A path that flaps is lost again soon: the queue is given back when it has been quiet.
	! wait_for 5 unload || fail "the queue is given back as soon as LUN 1 is unblocked"
	expect_counter commands_killed 0
	expect_counter flushes_completed 1
	wait_for 20 unload || fail "it cannot be unloaded"
	# The worker that gave it back held the lock of CPU hotplug for a moment.
	spawn offline write 0 /sys/devices/system/cpu/cpu1/online
	expect_end offline 20 >/dev/null
	spawn rmmod rmmod virtio_scsi
	expect_end rmmod 20 >/dev/null
	[ ! -e /sys/module/virtio_scsi ] || fail "the LLD cannot be unloaded"
	note "ends in $(took delete) ms, and LUN 1 writes when it is unblocked"
}

livepatch() { guard; }
