# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD swallows one SYNCHRONIZE CACHE, as when a frame is lost: sd's next try completes"
PATHS="P7"

# sd gives each try twice the disk's timeout, by default a minute. Others by
# scripts/vm run ... --set disk_timeout=30
disk_timeout=${disk_timeout:-1}

prepare() {
	load_debug
	dirty 0
	write "$disk_timeout" "$(device 0)/timeout"
	trace_on
	swallow
	spawn delete delete 0
	wait_for 10 flush_under_way || fail "no flush was sent"
	swallow no
}

stock() {
	expect_end delete $((disk_timeout * 3 + 10))
	[ "$(flushes_sent)" = 2 ] || fail "$(flushes_sent) flushes were sent, not 2"
	! said "Synchronize Cache(10) failed" || fail "the flush failed"
	note "flushed at the second try, in $(took delete) ms"
}

guard() {
	stock
	expect_counter flushes_completed 1
	expect_counter commands_killed 0
	! said "cache flush lost" || fail "it is said to be lost"
}

livepatch() { guard; }

upstream() { stock; }
