# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a reboot hangs, then the module is loaded: a flush that is lost is said and counted, and one that was over before is not"
PATHS=
REQUIRES="scsi_flaky scsi_stubborn"
LATE=1
GUARD_ONLY="stock does not say what became of a flush"

# The disks are shut down from the last to the first: the flush of the last is carried out, that of the one before it is
# not answered. Then the paths are lost.
prepare() {
	stubborn_disks 2 hosts=2
	lost=$(lun 0) flushed=$(lun 1 0 2)
	order eh_works target
	order eh_waits Y
	order fault "1:0 flush swallow 99"
	spawn reboot reboot -f
	wait_for 10 tells flushed 1 || fail "the flush of $flushed was not carried out"
	flaky block "$flushed"
	flaky block "$lost"
}

is_lost() { dmesg | grep -c "$1: scsi_lifecycle: cache flush lost"; }

guard() {
	load_guard reboot_tmo=2
	for each in "$flushed" "$lost"; do
		wait_for 10 cut_off "$each" || fail "$each waits on: $(cat "$GUARD"/devices)"
	done
	wait_for 5 is_lost "$lost" || fail "the flush of $lost, which was not sent, is not said to be lost"
	[ "$(is_lost "$flushed")" = 0 ] || fail "a flush that was carried out is said to be lost"
	expect_counter flushes_killed 1
	running reboot || fail "the machine was not kept"
	note "the one that was not sent is lost, the other is not"
}
