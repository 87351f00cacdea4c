# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="64 blocked LUNs cost rmmod one teardown_tmo together, not one each"
PATHS="P3"
REQUIRES="scsi_flaky"
GUARD_ONLY=1

prepare() {
	# A serial console is slow, and both ways have hundreds of lines for it.
	dmesg -n 1
	load_flaky
}

unload() {
	load_debug max_luns=64
	for each in ${2-}; do
		flaky block "$(lun "$each")"
		flaky offline "$(lun "$each")"
	done
	spawn "$1" rmmod scsi_debug
	wait_for 60 ended "$1" || fail "rmmod has not ended"
}

# Two of each by turns: what else the machine does is worth more than what is measured, so the better
# blocked one has to be within the worse healthy one and the teardown's time.
guard() {
	for turn in 1 2; do
		unload healthy$turn
		unload blocked$turn "$(seq 0 63)"
		[ "$(took blocked$turn)" -ge 2000 ] || fail "they were not given teardown_tmo"
	done
	expect_counter removals 256
	expect_counter flushes_completed 128
	expect_counter flushes_killed 128
	healthy=$(printf '%s\n' "$(took healthy1)" "$(took healthy2)" | sort -n | tail -n 1)
	blocked=$(printf '%s\n' "$(took blocked1)" "$(took blocked2)" | sort -n | head -n 1)
	[ "$blocked" -le $((healthy + 2000)) ] ||
		fail "64 blocked LUNs took $blocked ms, 64 that are not $healthy ms"
	note "$(took blocked1) and $(took blocked2) ms blocked, $(took healthy1) and $(took healthy2) ms not"
}
