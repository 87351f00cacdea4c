# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="one disk keeps a reboot waiting: a lost flush of another is said and counted once, and one that completed is not"
PATHS=
REQUIRES="scsi_flaky scsi_stubborn"
GUARD_ONLY="stock does not say what became of a flush"
# Error handling waits by order.
EXPECTED="task scsi_eh_[0-9]+:[0-9]+ blocked for more than"

# The disks are shut down from the last to the first. The flush of the last is carried out; that of the one before it is
# not answered, and its error handling waits. The two of the first host are in use until the end.
prepare() {
	stubborn_disks 2 hosts=2
	lost=$(lun 0) used=$(lun 1) kept=$(lun 0 0 2) flushed=$(lun 1 0 2)
	limit flush_tmo 3
	limit reboot_tmo 2
	order eh_works target
	order eh_waits Y
	order fault "1:0 flush swallow 99"
	order fault "0:1 flush slow 8000"
	spawn reboot reboot -f
	wait_for 10 tells flushed 1 || fail "the flush of $flushed was not carried out"
}

fsync() { dd if=/dev/zero of="/dev/$1" bs=4096 count=1 conv=fsync; }
is_lost() { dmesg | grep -c "$1: scsi_lifecycle: cache flush lost"; }

cut_off_again() {
	flaky block "$1"
	wait_for 10 cut_off "$1" || fail "$1 waits on: $(cat "$GUARD"/devices)"
}

guard() {
	# A file system's flush that takes longer than flush_tmo.
	spawn writer fsync "$(disk 1)"
	cut_off_again "$flushed"
	[ "$(is_lost "$flushed")" = 0 ] || fail "a flush that was carried out is said to be lost"
	cut_off_again "$lost"
	cut_off_again "$lost"
	[ "$(is_lost "$lost")" = 1 ] || fail "$lost is said to be lost $(is_lost "$lost") times"
	wait_for 20 ended writer || fail "the fsync has not ended"
	[ "$(status_of writer)" = 0 ] || fail "the fsync failed: $(cat "$RUN"/writer/output)"
	grep -q "^$used state=running " "$GUARD"/devices || fail "$used was cut off: $(cat "$GUARD"/devices)"
	[ "$(is_lost "$kept")" = 1 ] || fail "$kept is said to be lost $(is_lost "$kept") times"
	expect_counter flushes_killed 2
	running reboot || fail "the machine was not kept"
	note "two flushes lost, one carried out, and one disk goes on"
}
