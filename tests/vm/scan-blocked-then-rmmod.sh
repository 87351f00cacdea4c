# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a new LUN is blocked while it is scanned, and its LLD is unloaded: rmmod waits for the scan"
EACH_KERNEL=1
PATHS="P14"
UPSTREAM_TMO=30
REQUIRES="scsi_flaky scsi_stubborn scsi_lifecycle_livepatch"

# The mid-layer sends a new LUN two INQUIRYs: the block arrives between them.
prepare() {
	stubborn_disks
	order luns 2
	order hold inquiry
	spawn scan write "0 0 1" "/sys/class/scsi_host/host$(debug_host)/scan"
	wait_for 10 tells held 1 || fail "the scan sent no INQUIRY"
	flaky block "$(lun 1)"
	order hold nothing
	tells held 0 || fail "the INQUIRY was not let go"
	spawn rmmod rmmod scsi_stubborn
	expect_wait rmmod scsi_remove_host
}

# The transport has its path back, and its unblock finds no device of an LLD that is being unloaded.
stock() {
	expect_hang scan blk_execute_rq 1
	flaky unblock "$(target_of "$(lun 1)")"
	expect_hang rmmod scsi_remove_host 4
}

# Nothing tells that the unload has begun: it is noticed within about a second.
guard() {
	expect_end rmmod 8
	[ "$(took rmmod)" -ge 2000 ] || fail "the scan was not given teardown_tmo"
	wait_for 2 ended scan || fail "the scan still waits"
	expect_message "1: scsi_lifecycle: blocked for at least [0-9]* ms, killed 1 command"
	expect_counter commands_killed 1
	expect_counter flushes_completed 1
	note "ends in $(took rmmod) ms"
}

livepatch() {
	write 30 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	flaky unblock "$(target_of "$(lun 1)")"
	expect_end rmmod 20
	wait_for 2 ended scan || fail "the scan still waits"
	expect_counter commands_killed 0
	note "the path comes back, the scan ends, and rmmod in $(took rmmod) ms"
}

upstream() {
	flaky unblock "$(target_of "$(lun 1)")"
	expect_end rmmod 20
	wait_for 2 ended scan || fail "the scan still waits"
	! said "failing its commands" || fail "a command failed"
	note "the path comes back, the scan ends, and rmmod in $(took rmmod) ms"
}
