# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="virtio-scsi: the hypervisor takes a LUN away that is being written, again and again, beside another and alone"
PATHS=
REQUIRES="virtio_scsi"
USER_SPACE=debian
HOTPLUG=1

prepare() {
	use udev
	use hotplug
	use row
	hot_luns 2
	for round in 1 2 3; do round $round; done
	expect_removal sibling 1
	unplug disk1
	expect_end sibling 5
	disks_wanted=1
	for round in 4 5; do round $round; done
}

# round N: LUN 0 goes under its writer, and comes back.
round() {
	spawn "writer$1" write_on "$(disk 0)"
	wait_for 20 has_written "writer$1" || fail "nothing is written"
	expect_removal "removal$1" 0
	unplug disk0
	expect_end "removal$1" 5
	wait_for 20 ended "writer$1" || fail "the writer does not end"
	was_told "writer$1" || fail "the writer is not told: $(cat "$RUN/writer$1/output")"
	plug disk0 scsi-hd,bus=hot.0,scsi-id=0,lun=0,drive=hot0
	wait_for 20 there 0 || fail "the LUN does not come back"
	wait_for_disks
	settle
}

# The flush meets a disk that is gone. Beside another LUN the target answers for LUN 0 that it knows no such command,
# and for LUN 1 that there is no such LUN.
stock() {
	[ "$(dmesg | grep -c 'Synchronize Cache(10) failed: .*hostbyte=DID_BAD_TARGET')" = 2 ] || fail "not two flushes failed"
	[ "$(target_flushes)" = 0 ] || fail "a disk that is gone saw a flush"
	row removal1 removal2 removal3 removal4 removal5
}

# The first of these is the answer of a disk without a cache, for sd too.
guard() {
	stock
	expect_counter flushes_none 3
	expect_counter flushes_failed 3
	expect_accounts
	[ "$(failures 'result 0x00040000')" = 2 ] || fail "not two losses are said"
	[ "$(failures '.* sense 5/25/00')" = 1 ] || fail "the loss of LUN 1 is not said"
	[ "$(device_messages)" = 3 ] || fail "more is said"
}
failures() { dmesg | grep -c "scsi_lifecycle: cache flush failed: $1"; }

livepatch() { guard; }
