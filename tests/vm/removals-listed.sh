# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="sysfs shows a removal while it waits, as debugfs does, and lists it with its result when it is over"
PATHS="P1"
REQUIRES="scsi_flaky"
GUARD_ONLY="offline-then-delete shows the hang; stock has no such files"

CLASS=/sys/class/scsi_lifecycle

prepare() {
	debug_disks 2
	first=$(lun 0) second=$(lun 1)
	name=$(disk 0) other=$(disk 1)
	wwid=$(cat "$(device 0)/wwid")
	number=$(cat "$CLASS/$first/number")
}

of_node() { cat "$CLASS/$first/$1"; }
of_line() { grep "^$first " "$GUARD"/devices | tr ' ' '\n' | sed -n "s/^$1=//p"; }

# expect_same FILE...: each has what the line of debugfs has
expect_same() {
	for same_each in "$@"; do
		[ "$(of_node "$same_each")" = "$(of_line "$same_each")" ] ||
			fail "$same_each is '$(of_node "$same_each")', and in debugfs '$(of_line "$same_each")'"
	done
}

listed() { grep -q "$1" $CLASS/removed; }

guard() {
	[ ! -s $CLASS/removed ] || [ -z "$(cat $CLASS/removed)" ] || fail "removals before any: $(cat $CLASS/removed)"
	[ "$(cat $CLASS/counters)" = "$(cat "$GUARD"/counters)" ] || fail "counters are others"
	[ "$(grep -c . "$GUARD"/nodes)" = 2 ] || fail "not two nodes"
	grep -q "^$number $first " "$GUARD"/nodes || fail "$number is not the number of $first"
	expect_same state blocked deadline holds waits_for
	[ "$(of_node state)" = running ] || fail "it is $(of_node state)"

	limit teardown_tmo 30
	hold 0
	stop_lun 0
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	wait_for 5 grep -q "^$first state=cancel .*waits_for=path" "$GUARD"/devices || fail "not in devices"
	expect_same state blocked holds waits_for
	[ "$(of_node state) $(of_node blocked) $(of_node holds) $(of_node waits_for)" = "cancel yes 1 path" ] ||
		fail "it is shown as $(cat $CLASS/"$first"/state $CLASS/"$first"/waits_for | xargs)"
	left=$(of_node deadline)
	[ "$left" -le 30000 ] || fail "deadline is $left"
	[ "$left" -ge 5000 ] || fail "deadline is $left"
	[ "$(of_node since)" -le 30000 ] || fail "since is $(of_node since)"
	[ "$(of_node number)" = "$number" ] || fail "its number changed"
	! listed "$first" || fail "listed while it waits"
	limit teardown_tmo 1
	kill "$(cat "$RUN/holder0/pid")"
	wait_for 10 ended delete || fail "the removal hangs"
	wait_for 10 listed "^number=$number device=$first disk=$name wwid=$wwid took_ms=[0-9]* flush=killed ago_ms=[0-9]*\$" ||
		fail "not listed: $(cat $CLASS/removed)"
	[ ! -e "$CLASS/$first" ] || fail "the node outlived its device"

	dirty 1
	delete 1
	wait_for 10 listed "device=$second disk=$other .*flush=completed" || fail "not listed: $(cat $CLASS/removed)"
	[ "$(sed -n 's/.*device=\([^ ]*\) .*/\1/p' $CLASS/removed | xargs)" = "$first $second" ] || fail "not the oldest first"
	rescan
	wait_for 10 test -e "$(node_of 0)" || fail "the new device has no node"
	listed "^number=$number device=$first" || fail "a new device takes its predecessor from the list"
	note "$(sed 's/ wwid=[^ ]*//' $CLASS/removed | tr '\n' ';')"
}
