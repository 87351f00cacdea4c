# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# One removal, recorded for the pictures of docs/. The path of a disk is lost, its transport gives up and sets it
# offline, and it is deleted. With path=back the path is back 1.5 s later, by the unblock of its target; with path=away
# it stays away. What the kernel traces of it goes to /dev/ttyS2.
DESCRIPTION="a removal whose path is away, with what the kernel traces of it"

path=${path:-back}
BACK_AFTER=1.5
HUNG=10

mark() { echo "$*" >"$TRACE"/trace_marker; }

# What sends the flush, and is in no event of the kernel's own.
trace_removal() {
	stty -F /dev/ttyS2 raw
	write mono "$TRACE"/trace_clock
	write 'p:removal/execute blk_execute_rq' "$TRACE"/kprobe_events || fail "there are no kprobe events"
	for event in removal/execute scsi/scsi_dispatch_cmd_start scsi/scsi_dispatch_cmd_done block/block_rq_insert \
		block/block_rq_issue block/block_rq_complete ${1-}; do
		write 1 "$TRACE/events/$event/enable" || fail "there is no event $event"
	done
}

delete_marked() {
	mark "delete written"
	delete 0
	gone 0 && mark gone
}

prepare() {
	debug_disks
	limit teardown_tmo 3
	dirty 0
	if [ -e /sys/module/scsi_lifecycle ]; then
		trace_removal "scsi_lifecycle/scl_transition scsi_lifecycle/scl_expiry scsi_lifecycle/scl_kill"
	else
		trace_removal
	fi
	mark "path lost"
	stop_target
	wait_for 10 is_seen || fail "the module does not see the block"
	mark "mode ${mode-} kernel $(uname -r)"
	spawn delete delete_marked
	expect_wait delete blk_execute_rq
	[ "$path" = back ] || return 0
	sleep $BACK_AFTER
	mark "path back"
	unblock_target
}

is_seen() { [ ! -e "$GUARD" ] || grep -q 'blocked=yes' "$GUARD"/devices; }

hand_out() {
	write 0 "$TRACE"/tracing_on
	grep -v "^#" "$TRACE"/trace >/dev/ttyS2
	echo complete >/dev/ttyS2
}

stock() {
	expect_hang delete blk_execute_rq $HUNG
	mark "still waits in blk_execute_rq"
	hand_out
}

guard() {
	expect_end delete 20
	expect_counter flushes_killed 1
	hand_out
}

livepatch() {
	expect_end delete 20
	if [ "$path" = away ]; then
		expect_counter flushes_killed 1
	else
		expect_counter flushes_completed 1
	fi
	hand_out
}
