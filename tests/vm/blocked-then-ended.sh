# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a blocked disk is deleted, and the administrator ends that at once, held or not; a healthy disk cannot be ended"
PATHS="P1"
REQUIRES="scsi_flaky"

prepare() {
	debug_disks 3
	limit teardown_tmo 60
	stop_luns 0 1
}

# Stock has no call that ends it: it hangs as long as the path is away.
stock() {
	spawn delete delete 0
	expect_hang delete blk_execute_rq 5
}

# expect_tries LUN "WORD=VALUE..."
expect_tries() {
	# shellcheck disable=SC2046
	said_there=$(node try "$(node_of "$1")" $(echo "$2" | sed 's/=[^ ]*//g') | xargs)
	[ "$said_there" = "$2" ] || fail "LUN $1: $said_there, not $2"
}

# end_soon LUN: its removal waits, is ended, and cannot be ended again
end_soon() {
	spawn "delete$1" delete "$1"
	expect_wait "delete$1" blk_execute_rq
	! wait_for 3 ended "delete$1" || fail "the removal of $1 did not wait"
	expect_tries "$1" "drop=0 end=-EPERM"
	running "delete$1" || fail "the removal of $1 was ended without privilege"
	asked=$(now)
	expect_tries "$1" "end=0 end=-ENODEV hold=-ENODEV"
	wait_for 5 ended "delete$1" || fail "the removal of $1 goes on"
	after=$(($(now) - asked))
}

guard() {
	# A healthy disk is refused, stays in use, and then has its time and its flush.
	expect_tries 2 "end=-EINVAL end32=-EINVAL"
	grep -q "^$(lun 2) state=running blocked=no " "$GUARD"/devices || fail "not in use: $(cat "$GUARD"/devices)"
	dirty 2
	delete 2
	expect_counter flushes_completed 1

	end_soon 0
	first=$after
	expect_counter flushes_killed 1
	[ "$(dmesg | grep -c "$(lun 0): scsi_lifecycle: cache flush lost: blocked for at least [0-9]* ms, killed 1 command")" = 1 ] ||
		fail "not one message"
	hold 1
	end_soon 1
	expect_counter flushes_killed 2
	expect_counter commands_killed 2
	expect_accounts
	note "ended $first ms after the call, and $after ms where a process held it; teardown_tmo is 60 s"
}
