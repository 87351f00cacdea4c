# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="scsi-lifecycle why names a suspended map that I/O waits for, and what it advises ends the wait"
PATHS=
REQUIRES="dm_mod"
USER_SPACE=debian
COMMAND=1

prepare() {
	use udev
	use command
	debug_disks 1
	settle
	modprobe dm_mod || fail "modprobe dm_mod failed"
	below=$(disk 0)
	dmsetup create store --table "0 8192 linear /dev/$below 0" || fail "no map"
	settle
	says 0 "Nothing hangs" why
	dmsetup suspend store || fail "the map is not suspended"
	spawn write write_blocks mapper/store
	expect_wait write blkdev_write_iter
}

stock() {
	says 1 "1. dm-0 (store) is suspended" why
	said_too "ends *not by itself, and not by the module"
	says 1 "1. dm-0 (store) is suspended" why "$below"
	says 6 "dm-0 (store) stands on it" delete "$below"
	running write || fail "the write does not wait"
	says 1 "1. dm-0 (store) is suspended" why
	take_advice dmsetup
	wait_for 20 ended write || fail "the write goes on waiting"
	[ "$(status_of write)" = 0 ] || fail "the write failed"
	says 0 "Nothing hangs" why
	note "what is advised ends the wait"
}

guard() { stock; }
