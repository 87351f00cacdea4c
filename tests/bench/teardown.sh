# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# rmmod of scsi_debug: without the module, with it, and with it and every LUN blocked (teardown_tmo=0).
# By turns, the best of three each.

unload() {
	load_debug max_luns="$1"
	for each in ${2-}; do
		flaky block "$(lun "$each")"
		flaky offline "$(lun "$each")"
	done
	spawn rmmod rmmod scsi_debug
	wait_for 120 ended rmmod || fail "rmmod has not ended"
	took rmmod
}

best() { printf '%s\n' "$@" | sort -n | head -n 1; }

dmesg -n 1
load_flaky
for luns in 1 16 64; do
	without='' with='' blocked=''
	for _ in 1 2 3; do
		without="$without $(unload $luns)"
		load_guard teardown_tmo=0
		with="$with $(unload $luns)"
		blocked="$blocked $(unload $luns "$(seq 0 $((luns - 1)))")"
		rmmod scsi_lifecycle
	done
	# shellcheck disable=SC2086
	awk -v luns=$luns -v a="$(best $without)" -v b="$(best $with)" -v c="$(best $blocked)" 'BEGIN {
		printf "BENCH %4d %10d %10d %7.2f %10d %7.2f\n", luns, a, b, b / a, c, c / a }' >/dev/console
done
pass
