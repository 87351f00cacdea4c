# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a CPU goes offline and waits for a command of another host, and a LUN is deleted: its flush is sent meanwhile, as on stock"
PATHS=
REQUIRES="scsi_stubborn"

prepare() {
	use cpu
	load_debug submit_queues=2
	write 30 "$(device 0)/timeout"
	victim=$(disk 0)
	load_stubborn luns=2
	wait_for 10 disk 1 || fail "LUN 1 has no disk"
	hold_write write 1
	spawn delete delete 0
}

in_flight() { [ "$(awk '{ print $1 + $2 }' "/sys/block/$victim/inflight")" = 1 ]; }
write_on_cpu1() { taskset 2 dd if=/dev/zero of="/dev/$victim" bs=4096 count=1 oflag=direct; }

cpu_goes() {
	swallow
	spawn swallowed write_on_cpu1
	wait_for 10 in_flight || fail "the other host has no command"
	swallow no
	take_cpu_off "the command"
}

# Longer than a queue of the removed LUN's own would stay.
quiet_for() {
	quiet_end=$(($(now) + $1 * 1000))
	while [ "$(now)" -lt $quiet_end ]; do
		running offline || fail "the CPU waits no more"
		sleep 0.5
	done
}

flushed_meanwhile() {
	cpu_goes
	REFERENCES=/sys/module/scsi_lifecycle/refcnt
	[ ! -e $REFERENCES ] || [ "$(cat $REFERENCES)" -ge 1 ] || fail "no queue stands in"
	order hold nothing
	wait_for 20 ended write || fail "the write goes on waiting"
	# Ten seconds, or twenty more where a queue was found busy meanwhile.
	quiet_for 14
	spawn other delete 1
	wait_for 8 tells flushed 2 || fail "the flush of LUN 1 is not sent"
	running offline || fail "the CPU waits no more"
	expect_end offline 120 >/dev/null
	wait_for 30 ended other || fail "the other removal goes on waiting"
	NOTE="flushed while the CPU waited"
}

stock() {
	expect_hang delete blk_mq_freeze_queue_wait 2
	order hold nothing
	wait_for 20 ended delete || fail "the removal goes on waiting"
	flushed_meanwhile
}

guard() {
	expect_end delete 8
	flushed_meanwhile
	# Flushes are not seen where the kernel's text cannot be patched, as while a CPU goes: what became of that one
	# may be unknown.
	expect_accounts
	[ "$(counter flushes_completed)" -ge 1 ] || fail "no flush was seen"
	expect_counter flushes_failed 0
	expect_counter flushes_killed 0
}
