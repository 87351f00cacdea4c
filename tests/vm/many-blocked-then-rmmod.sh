# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="64 blocked LUNs cost rmmod one teardown_tmo together, not one each"
PATHS="P3"
REQUIRES="scsi_flaky"
GUARD_ONLY="blocked-then-rmmod shows what stock does to each"
ALONE=1
TIMEOUT=400

prepare() {
	# A serial console is slow, and both ways have hundreds of lines for it.
	dmesg -n 1
	load_flaky
}

unload() {
	load_debug max_luns=64
	for each in ${2-}; do
		stop_lun "$each"
	done
	spawn "$1" rmmod scsi_debug
	wait_for 60 ended "$1" || fail "rmmod has not ended"
}

extreme() { printf '%s\n' "$2" "$3" "$4" | sort -n | "$1" -n 1; }

# Three of each by turns. What is measured is as exact as the healthy ones agree among themselves.
guard() {
	by_turns
	expect_counter removals 384
	expect_counter flushes_completed 192
	expect_counter flushes_killed 192
	compare
}

upstream() {
	by_turns
	[ $lost = 192 ] || fail "$lost messages, not one for each"
	compare
}

# The kernel's log does not hold the lines of all turns.
by_turns() {
	lost=0
	for turn in 1 2 3; do
		unload healthy$turn
		dmesg -c >/dev/null
		unload blocked$turn "$(seq 0 63)"
		lost=$((lost + $(dmesg | grep -c "failing its commands" || :)))
		[ "$(took blocked$turn)" -ge 2000 ] || fail "they were not given teardown_tmo"
	done
}

compare() {
	set -- "$(took healthy1)" "$(took healthy2)" "$(took healthy3)"
	slowest=$(extreme tail "$@")
	spread=$((slowest - $(extreme head "$@")))
	note "$*, blocked $(took blocked1) $(took blocked2) $(took blocked3) ms"
	blocked=$(extreme head "$(took blocked1)" "$(took blocked2)" "$(took blocked3)")
	[ "$blocked" -le $((slowest + 2000 + spread)) ] || fail "64 blocked LUNs cost more than 2 s: $NOTE"
}
