# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a removal waits long for another command, a flush was answered before: it is not taken for swallowed"
EACH_KERNEL=1
PATHS=
GUARD_ONLY="stock does not say what became of a flush"

# An fsync's flush is at the LLD when the removal begins, and so is a START STOP UNIT by sg that takes
# longer than flush_tmo. scsi_debug takes delay / 20 seconds for a flush after a write, delay for a start.
prepare() {
	load_debug
	trace_on
	limit flush_tmo 8
	disk=$(disk 0)
	write 16 /sys/bus/pseudo/drivers/scsi_debug/delay
	spawn fsync dd if=/dev/zero of="/dev/$disk" bs=4096 count=1 conv=fsync,notrunc
	wait_for 10 flush_under_way || fail "no flush is under way"
	{ printf '\052\0\0\0\044\0\0\0'; head -c 28 /dev/zero; printf '\033\0\0\0\0\0'; } >/run/sg_command
	dd if=/run/sg_command of=/dev/sg0 bs=42 2>/dev/null || fail "sg took no command"
	spawn delete delete 0
}

guard() {
	expect_end delete 40
	[ "$(took delete)" -ge 9000 ] || fail "the removal did not wait for the command of sg"
	[ "$(flushes_sent)" -ge 2 ] || fail "the removal's flush was not sent"
	expect_counter flushes_killed 0
	expect_counter commands_killed 0
	# A stopped unit does not flush, and says so itself.
	expect_counter flushes_failed 1
}
