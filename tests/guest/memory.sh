# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# A kernel that lets allocations of a process fail, for starve.

allocations_may_fail() {
	for each in failslab fail_page_alloc; do
		write N /sys/kernel/debug/$each/ignore-gfp-wait
		write 0 /sys/kernel/debug/$each/verbose
	done
	write 0 /sys/kernel/debug/fail_page_alloc/min-order
}
