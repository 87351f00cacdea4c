# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Block and unblock of a target, by stock and by this project: scsi_flaky calls the same stock functions
# each time, and the livepatch redirects them the second. By turns, the best of three each.

# cost COMMAND...: how long it takes, in microseconds
cost() {
	began=$(micros)
	"$@"
	echo $(($(micros) - began))
}

best() { printf '%s\n' "$@" | sort -n | head -n 1; }

dmesg -n 1
load_guard
load_flaky
for luns in 1 16 64 256 1024; do
	# No disks: a target is blocked whether or not a disk uses it.
	load_bare_debug $luns 600
	target=$(target_of "$(lun 0)")
	stock_block='' stock_unblock='' here_block='' here_unblock=''
	for _ in 1 2 3; do
		stock_block="$stock_block $(cost flaky block "$target")"
		stock_unblock="$stock_unblock $(cost flaky unblock "$target")"
		load_livepatch
		here_block="$here_block $(cost flaky block "$target")"
		here_unblock="$here_unblock $(cost flaky unblock "$target")"
		unload_livepatch
	done
	# shellcheck disable=SC2086
	awk -v luns="$luns" -v a="$(best $stock_block)" -v b="$(best $here_block)" -v c="$(best $stock_unblock)" \
		-v d="$(best $here_unblock)" 'BEGIN { printf "BLOCK %4d %10d %10d %7.1f %10d %10d %7.1f\n",
		luns, a, b, a / b, c, d, c / d }' >/dev/console
	rmmod scsi_debug
done
pass
