# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# A CPU goes offline, and waits for the commands of its hardware queues.

CPU=/sys/devices/system/cpu/cpu1

cpu_waits() { cat /proc/[0-9]*/stack 2>/dev/null | grep -q 'blk_mq_hctx_notify_offline\|blk_mq_hctx_has_requests'; }

# take_cpu_off WHAT: it goes, by the task "offline", and waits for WHAT
take_cpu_off() {
	# What waits for the CPU, on stock too, waits longer than a hung task may.
	write 0 /proc/sys/kernel/hung_task_timeout_secs
	spawn offline write 0 $CPU/online
	wait_for 10 cpu_waits || fail "the CPU does not wait for $1"
}

# Its flush is one of that CPU's.
delete_on_cpu1() { echo 1 | taskset 2 tee "$(device 0)/delete" >/dev/null; }
