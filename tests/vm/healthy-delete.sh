# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a healthy removal is no slower, its flush is sent, and the counters say so"
PATHS=
LATE=1
GUARD_ONLY="it measures both in one machine"
ALONE=1

# Adds the disk back and times its removal.
round() {
	write "0 0 0" "/sys/class/scsi_host/host$host/scan"
	wait_for_disks
	began=$(now)
	delete 0
	spent=$((spent + $(now) - began))
}

rounds() {
	spent=0
	for each in $(seq 10); do
		round
	done
}

prepare() {
	load_debug
	trace_on
	host=$(debug_host)
	delete 0
	rounds
}

# By turns, so that other load of the machine meets both.
guard() {
	without=0
	with=0
	sent=11
	for turn in 1 2 3; do
		rounds
		without=$((without + spent))
		load_guard
		rounds
		with=$((with + spent))
		sent=$((sent + 20))
		[ "$(flushes_sent)" = $sent ] || fail "$(flushes_sent) flushes were sent in $sent removals"
		expect_counter removals 10
		expect_counter flushes_completed 10
		expect_counter flushes_killed 0
		expect_counter commands_killed 0
		rmmod scsi_lifecycle
	done
	[ $with -le $((without * 3 / 2)) ] || fail "30 removals took $without ms without, $with ms with it"
	note "30 removals: $without ms without, $with ms with the module"
}
