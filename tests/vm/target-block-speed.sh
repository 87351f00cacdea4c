# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="256 LUNs are blocked in one grace period: 50 times faster than where stock takes one for each LUN"
EACH_KERNEL=1
PATHS=
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"
LIVEPATCH_ONLY="it measures both in one machine"
ALONE=1

prepare() {
	load_flaky
	load_bare_debug 256 120
	target=$(target_of "$(lun 0)")
}

# The best of three, in $best.
measure() {
	best=
	for _ in 1 2 3; do
		began=$(micros)
		flaky block "$target"
		spent=$(($(micros) - began))
		grep -qv blocked /sys/class/scsi_device/*/device/state && fail "not all LUNs are blocked"
		flaky unblock "$target"
		grep -qv running /sys/class/scsi_device/*/device/state && fail "not all LUNs are unblocked"
		[ -n "$best" ] && [ "$best" -le $spent ] || best=$spent
	done
}

livepatch() {
	measure
	here=$best
	unload_livepatch
	measure
	# A grace period for each LUN, where there is no scsi_block_targets(). Elsewhere both take one grace period, and
	# vary by as much.
	if grep -q ' scsi_block_targets' /proc/kallsyms; then
		[ $here -le $((best * 3 / 2)) ] || fail "stock takes $best us, the livepatch $here us"
	else
		[ $((here * 50)) -le "$best" ] || fail "stock takes $best us, the livepatch $here us"
	fi
	note "stock $best us, the livepatch $here us"
}
