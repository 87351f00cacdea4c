# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a tracer is told what the guard notes, decides and does in a removal that expires, in one that is ended, and at an unload"
PATHS="P1"
REQUIRES="scsi_flaky"
GUARD_ONLY="stock has no such events"

EVENTS=/sys/kernel/tracing/events/scsi_lifecycle

prepare() {
	debug_disks 2
	first=$(lun 0) second=$(lun 1)
	[ -e $EVENTS/scl_kill/format ] || fail "there are no events"
	write 1 $EVENTS/enable || fail "the events cannot be enabled"
}

traced() { grep -q "scl_$1: $2" "$TRACE"/trace; }
expect_traced() { wait_for 10 traced "$@" || fail "not traced: $*: $(grep -v '^#' "$TRACE"/trace | cut -c 34-)"; }
times_traced() { grep -c "scl_$1: $2" "$TRACE"/trace; }

guard() {
	hold 0
	expect_traced hold "$first pid=[0-9]* begin"
	kill "$(cat "$RUN/holder0/pid")"
	expect_traced hold "$first pid=[0-9]* end"

	# What stock's own functions do is seen by a pass, which a tracer makes due.
	stop_lun 0
	expect_traced transition "$first from=.* event=seen to=offline+blocked error=0"
	spawn delete delete 0
	expect_end delete 10
	expect_traced transition "$first from=offline+blocked event=remove to=cancel+blocked error=0"
	expect_traced decision "$first event=none again_ms=[0-9]* left_ms=[0-9]*"
	expect_traced decision "$first event=deadline again_ms=0 left_ms=0"
	expect_traced expiry "$first why=path"
	expect_traced transition "$first from=cancel+blocked event=deadline to=del error=0"
	expect_traced kill "$first commands=1 flush_lost=yes"
	[ "$(times_traced expiry "$first")" = 1 ] || fail "it expires more than once"

	limit teardown_tmo 60
	stop_lun 1
	spawn delete delete 1
	expect_wait delete blk_execute_rq
	[ "$(node try "$(node_of 1)" end)" = end=0 ] || fail "it cannot be ended"
	wait_for 10 ended delete || fail "it was not ended"
	expect_traced expiry "$second why=ended"

	rmmod scsi_debug || fail "scsi_debug cannot be unloaded"
	expect_traced unload "module=scsi_debug waiting=0"
	write 0 $EVENTS/enable
	lines=$(grep -c 'scl_' "$TRACE"/trace)
	load_debug max_luns=2
	delete 0
	[ "$(grep -c 'scl_' "$TRACE"/trace)" = "$lines" ] || fail "traced while the events are off"
	note "$lines lines of trace"
}
