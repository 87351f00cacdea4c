# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="LUN 0 is deleted while a command is parked at LUN 1, then LUN 1 or the host goes, still blocked"
PATHS="P4"
REQUIRES="scsi_flaky"
GUARD_ONLY="sibling-blocked-then-delete shows stock's hang, which ends the machine there"

prepare() {
	virtio_disks
	host=$(debug_host) lun1=$(lun 1)
}

unload() { rmmod scsi_lifecycle 2>/dev/null; }

delete_first() {
	flaky block "$lun1"
	park_write write 1 submit_bio_wait
	spawn delete0 delete 0
	expect_end delete0 8 >/dev/null
	running write || fail "the write to LUN 1 did not wait"
}

guard() {
	delete_first
	spawn delete1 delete 1
	expect_end delete1 10 >/dev/null
	wait_for 10 ended write || fail "the write outlives its disk"

	write "0 0 -" "/sys/class/scsi_host/host$host/scan"
	wait_for_disks
	delete_first
	spawn unplug unplug_virtio
	expect_end unplug 10 >/dev/null
	wait_for 10 ended write || fail "the write outlives its host"
	expect_counter removals 4
	expect_accounts
	[ ! -e "$LIVEPATCH" ] || unload_livepatch
	wait_for 20 unload || fail "the module cannot be unloaded"
	rmmod virtio_scsi || fail "the LLD cannot be unloaded"
	note "LUN 1 ends in $(took delete1) ms, the host in $(took unplug) ms"
}

livepatch() { guard; }
