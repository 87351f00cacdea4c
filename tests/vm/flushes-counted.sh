# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="removals that meet faults of each kind: as many flushes completed as the disks counted"
PATHS=
REQUIRES="scsi_flaky scsi_stubborn"
GUARD_ONLY="stock does not say what became of a flush"

# Others by scripts/vm run ... --set "rounds=1000 seed=7".
rounds=${rounds:-50}
seed=${seed:-$(cut -c1-6 /proc/sys/kernel/random/uuid | tr a-f 1-6)}

prepare() {
	dmesg -n 1
	load_dice "$seed"
	stubborn_disks 4
	limit teardown_tmo 1
	limit flush_tmo 1
}

# What the flush meets, before the removal and after it has begun.
before() {
	case $1 in
	1 | 2 | 3) flaky block "$victim"; flaky offline "$victim" ;;
	4) order hold flush ;;
	5) order answer busy ;;
	6) order answer attention ;;
	7) order answer medium_error ;;
	8) order answer no_connect ;;
	9) order busy Y ;;
	10) flaky block "$victim" ;;
	esac
	order answers "$(dice 6)"
}

meanwhile() {
	case $1 in
	2) try unblock "$victim" ;;
	3) try fail "$victim" ;;
	4 | 9) sleep "0.$(dice 9)" ;;
	esac
	case $1$(dice 2) in
	41) order hold nothing ;;
	91) order busy N ;;
	esac
}

there() { [ -e "$(device "$1")" ] && disk "$1" >/dev/null 2>&1; }

guard() {
	for round in $(seq "$rounds"); do
		lun=$(dice 4)
		victim=$(lun "$lun")
		meets=$(dice 12)
		before "$meets"
		spawn delete delete "$lun"
		meanwhile "$meets"
		wait_for 30 ended delete || fail "round $round of seed $seed: a deletion hangs"
		order hold nothing
		order busy N
		order answer good
		[ "$(counter flushes_completed)" = "$(told flushed)" ] ||
			fail "round $round of seed $seed, which met $meets:" \
				"$(counter flushes_completed) completed, the disks say $(told flushed)"
		rescan
		wait_for 20 there "$lun" || fail "round $round of seed $seed: LUN $lun does not come back"
		write 1 "$(device "$lun")/rescan"
	done
	expect_accounts
	expect_counter removals "$rounds"
	expect_counter flushes_unknown 0
	note "seed $seed: of $rounds flushes $(told flushed) completed, $(counter flushes_failed) failed," \
		"$(counter flushes_killed) were killed"
}

livepatch() { guard; }
