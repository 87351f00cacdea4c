# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="sessions come and go with the path up, down and flapping: as many flushes completed as the target counts"
PATHS="P5"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian
GUARD_ONLY="stock does not say what became of a flush"

# Each kind of round once. Others by scripts/vm run ... --set "SEED=8 ROUNDS=100" --timeout 3000
SEED=${SEED:-23}
ROUNDS=${ROUNDS:-5}

# draw N: a number below it, from the seed
draw() {
	SEED=$(((SEED * 1103515245 + 12345) % 2147483648))
	drawn=$((SEED / 65536 % $1))
}

prepare() {
	use udev
	use iscsi
	target_up 2
	# A path that blinks is not lost, on a busy machine either; one that is late is.
	initiator_up 120 6
	tally='' had_path=0
	# The path that comes back does so in less, on a busy machine too.
	limit teardown_tmo 30
}

removed() {
	wait_for 60 ended log_out || fail "the logout does not end: $tally"
	wait_for 60 session_is none || fail "the session stays: $tally"
	wait_for 20 none_left || fail "devices stay: $tally $(cat "$GUARD"/devices)"
}
none_left() { [ ! -s "$GUARD"/devices ]; }

one_round() {
	log_in 2
	settle
	draw 5
	case $drawn in
	0)
		tally="$tally up" had_path=$((had_path + 1))
		spawn log_out log_out
		removed ;;
	1)
		tally="$tally down"
		lose_path reset
		spawn log_out log_out
		removed
		mend_path ;;
	2)
		tally="$tally back" had_path=$((had_path + 1))
		lose_path reset
		spawn delete delete 0
		regain_path
		wait_for 60 ended delete || fail "the deletion does not end: $tally"
		spawn log_out log_out
		removed ;;
	3)
		tally="$tally blink" had_path=$((had_path + 1))
		break_path drop
		spawn log_out log_out
		! wait_for 1 ended log_out || fail "the logout does not wait for the path: $tally"
		mend_path
		removed ;;
	4)
		# iscsid gives up a session that it is logging out of.
		tally="$tally late"
		break_path drop
		spawn log_out log_out
		removed
		mend_path ;;
	esac
	[ "$(counter flushes_completed)" = "$(target_flushes)" ] ||
		fail "$(counter flushes_completed) flushes completed, the target counts $(target_flushes): $tally"
}

guard() {
	for round in $(seq "$ROUNDS"); do one_round; done
	expect_counter removals $((ROUNDS * 2))
	expect_accounts
	note "$(target_flushes) of $((ROUNDS * 2)) flushes reach the target:$tally"
}

# Nothing is lost where there is a path again.
livepatch() {
	guard
	[ "$(target_flushes)" = $((had_path * 2)) ] ||
		fail "the target counts $(target_flushes) flushes of $((had_path * 2)):$tally"
}
