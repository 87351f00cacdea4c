# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="blocks, unblocks, deletions and unloads at random: each removal ends, and the counters add up"
EACH_KERNEL=1
PATHS="P1 P2 P3 P4 P5 P6 P12"
REQUIRES="scsi_flaky"
TIMEOUT=300
GUARD_ONLY="stock hangs at the first of its removals, and each kind has a scenario of its own"

# Others by scripts/vm run ... --set "rounds=200 seed=7".
rounds=${rounds:-12}
seed=${seed:-$(cut -c1-6 /proc/sys/kernel/random/uuid | tr a-f 1-6)}
luns=4

disturb() {
	hit=$(lun "$(dice $luns)")
	case $(dice 8) in
	0 | 1) try block "$hit" ;;
	2) try block "$hit"; try offline "$hit" ;;
	3) try unblock "$hit" ;;
	4) try fail "$hit" ;;
	5) try offline "$hit" ;;
	6) try quiesce "$hit"; try resume "$hit" ;;
	7) try unblock "$(target_of "$hit")" ;;
	esac
}

delete_one() {
	doomed=$(device "$(dice $luns)")/delete
	[ ! -e "$doomed" ] || spawn delete write 1 "$doomed"
}

unload() {
	# scsi_debug of 6.12 and newer removes its debugfs root in its exit while its target still is to
	# remove its own entries, and oopses: there the host goes first. (Another target of the host may stay
	# for ever: scsi_get_pseudo_sdev() of newer kernels never drops the first reference on its own.)
	if [ -d /sys/kernel/debug/scsi_debug ]; then
		entries=/sys/kernel/debug/scsi_debug/target$(target_of "$(lun 0)")
		write -1 /sys/bus/pseudo/drivers/scsi_debug/add_host
		wait_for 60 test ! -e "$entries" || fail "scsi_debug's target does not go"
	fi
	rmmod scsi_debug
}

# Where there is a livepatch, it comes and goes between the rounds.
toggle() {
	[ -n "${patched-}" ] && [ "$(dice 4)" = 0 ] || return 0
	if [ "$patched" = yes ]; then unload_livepatch; patched=no; else load_livepatch; patched=yes; fi
}

prepare() {
	dmesg -n 1
	load_flaky
	limit teardown_tmo 1
	load_dice "$seed"
}

all_rounds() {
	for round in $(seq "$rounds"); do
		[ $((round % 50)) -ne 0 ] || echo "round $round of $rounds" >/dev/console
		toggle
		load_debug max_luns=$luns
		rm -rf "$RUN/delete"
		for each in $(seq "$(($(dice 6) + 1))"); do disturb; done
		[ "$(dice 2)" = 0 ] || delete_one
		for each in $(seq "$(($(dice 4) + 1))"); do disturb; done
		if [ -e "$RUN/delete/pid" ]; then
			wait_for 30 ended delete || fail "round $round of seed $seed: a deletion hangs"
		fi
		spawn unload unload
		wait_for 60 ended unload || fail "round $round of seed $seed: the unload hangs"
		[ ! -e /sys/module/scsi_debug ] || fail "round $round of seed $seed: $(cat "$RUN/unload/output")"
	done
}

guard() {
	all_rounds
	expect_accounts
	[ "$(counter removals)" -eq $((rounds * luns)) ] ||
		fail "$(counter removals) removals in $rounds rounds of $luns disks"
	expect_counter flushes_unknown 0
	[ "$(counter flushes_completed)" -gt 0 ] || fail "of $((rounds * luns)) removals none flushed"
	[ $(($(counter flushes_killed) + $(counter flushes_failed))) -gt 0 ] ||
		fail "no path was lost in $rounds rounds"
	note "seed $seed, $rounds rounds: $(counter flushes_completed) flushes completed, $(counter flushes_killed) killed"
}

livepatch() {
	patched=yes
	guard
}

upstream() {
	all_rounds
	lost=$(dmesg | grep -c "failing its commands" || :)
	[ "$lost" -gt 0 ] || fail "no path was lost in $rounds rounds"
	note "seed $seed, $rounds rounds: $lost devices had their commands failed"
}
