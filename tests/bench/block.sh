# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Block and unblock of a target, by stock and by this project: scsi_flaky calls the same stock functions
# each time, and the livepatch redirects them the second. By turns, the best of three each.

# micros COMMAND...: how long it takes, in microseconds
micros() {
	began=$(clock)
	"$@"
	echo $(($(clock) - began))
}

# The finest clock that a shell has: the kernel's own, in the header of its timer list.
clock() { awk '/^now at/ { print int($3 / 1000); exit }' /proc/timer_list; }

attached() {
	set -- /sys/class/scsi_device/*:*
	[ -e "$1" ] && [ $# -eq "$luns" ]
}

best() { printf '%s\n' "$@" | sort -n | head -n 1; }

dmesg -n 1
load_guard
load_flaky
for luns in 1 16 64 256 1024; do
	# No disks: a target is blocked without asking who uses it.
	modprobe scsi_debug no_uld=1 max_luns=$luns
	wait_for 600 attached || fail "scsi_debug did not bring up $luns LUNs"
	target=$(target_of "$(lun 0)")
	stock_block='' stock_unblock='' here_block='' here_unblock=''
	for _ in 1 2 3; do
		stock_block="$stock_block $(micros flaky block "$target")"
		stock_unblock="$stock_unblock $(micros flaky unblock "$target")"
		load_livepatch
		here_block="$here_block $(micros flaky block "$target")"
		here_unblock="$here_unblock $(micros flaky unblock "$target")"
		unload_livepatch
	done
	# shellcheck disable=SC2086
	awk -v luns="$luns" -v a="$(best $stock_block)" -v b="$(best $here_block)" -v c="$(best $stock_unblock)" \
		-v d="$(best $here_unblock)" 'BEGIN { printf "BLOCK %4d %10d %10d %7.1f %10d %10d %7.1f\n",
		luns, a, b, a / b, c, d, c / d }' >/dev/console
	rmmod scsi_debug
done
pass
