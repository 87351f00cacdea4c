# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="another command completes during a removal, and its flush is never sent: that is no completed flush"
PATHS=
REQUIRES="scsi_flaky scsi_stubborn"
GUARD_ONLY="stock does not say what became of a flush"

prepare() {
	modprobe sg || fail "modprobe sg failed"
	stubborn_disks 4 medium=in
	wait_for 10 test -c /dev/sg0 || fail "sg has no device"
	lun0=$(lun 0) lun3=$(lun 3)
}

nothing_completed() {
	tells flushed 0 || fail "a flush was carried out"
	expect_counter flushes_completed 0
	expect_accounts
}

sees_no_medium() { dd if=/dev/"$(disk "$1")" of=/dev/null count=0 2>&1 | grep -q "No medium"; }

# The disk has a write cache and no medium any more: sd flushes nothing, and START STOP UNIT is all that it sends.
has_no_medium() {
	for manage in manage_start_stop manage_system_start_stop; do
		write 1 /sys/class/scsi_disk/"$(lun "$1")"/$manage 2>/dev/null || :
	done
	order medium out
	wait_for 10 sees_no_medium "$1" || fail "sd sees a medium"
}

# That of LUN 1 is answered, that of LUN 2 has no path.
guard() {
	has_no_medium 1
	has_no_medium 2
	order hold start
	spawn delete delete 1
	wait_for 10 tells held 1 || fail "the disk is not stopped"
	order hold nothing
	expect_end delete 20
	limit teardown_tmo 6
	stop_lun 2
	spawn delete delete 2
	expect_wait delete blk_execute_rq
	expect_end delete 20
	expect_message "scsi_lifecycle: blocked for at least [0-9]* ms, killed 1 command"
	! said "cache flush lost" || fail "a flush that was not due is said to be lost"
	nothing_completed
	expect_counter flushes_none 2
	expect_counter flushes_killed 0
}

# The LLD has that of LUN 3 when the path is lost, and keeps it until its time is up.
held_over_a_block() {
	has_no_medium 3
	limit teardown_tmo 2
	order hold start
	spawn delete delete 3
	wait_for 10 tells held 1 || fail "the LLD has no START STOP UNIT"
	flaky block "$lun3"
	expect_end delete 20
	[ "$(took delete)" -ge 1900 ] || fail "it was not given its time: $(took delete) ms"
	order hold nothing
	! said "cache flush lost" || fail "a flush that was not due is said to be lost"
	expect_counter flushes_none 3
	expect_counter flushes_killed 0
	limit teardown_tmo 6
}

# LUN 0 has a START STOP UNIT by sg when the path goes, and it does not come back.
livepatch() {
	guard
	held_over_a_block
	order medium in
	order hold start
	{ printf '\052\0\0\0\044\0\0\0'; head -c 28 /dev/zero; printf '\033\0\0\0\0\0'; } >/run/sg_command
	dd if=/run/sg_command of=/dev/sg0 bs=42 2>/dev/null || fail "sg took no command"
	wait_for 10 tells held 1 || fail "the LLD has no START STOP UNIT"
	flaky block "$lun0"
	spawn delete delete 0
	expect_wait delete del_gendisk
	order hold nothing
	expect_wait delete blk_execute_rq
	flaky fail "$lun0"
	expect_end delete 20
	nothing_completed
	expect_counter flushes_killed 1
}
