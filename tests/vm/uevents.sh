# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="uevents: of the node for removals and lost flushes, on request for all else; of the host for what is gone; of the device none"
EACH_KERNEL=1
PATHS=
REQUIRES="scsi_flaky"
GUARD_ONLY="stock tells nothing"

prepare() {
	debug_disks 3
	first=$(lun 0) second=$(lun 1) third=$(lun 2) host=host$(debug_host)
	[ "$(cat /sys/module/scsi_lifecycle/parameters/uevents)" = removals ] ||
		fail "uevents does not begin as removals"
	listen
}

transitions() { sed -n "s/^node $second.*TRANSITIONS=//p" /run/events | awk '{ n += $1 } END { print n + 0 }'; }
all_told() { [ "$(transitions)" = "$made" ]; }

# silent_of NODE: a block and an unblock are not told, but for the reader of the node. The module looks once a second.
silent_of() {
	spawn reader node read "/dev/scsi_lifecycle/$1"
	for verb in block unblock; do
		flaky $verb "$1"
		sleep 2
	done
	events_end
	grep -q "from=running+blocked to=running " "$RUN/reader/output" || fail "the module did not look: $(cat "$RUN/reader/output")"
	kill "$(cat "$RUN/reader/pid")"
	! heard "^node" || fail "heard: $(grep ^node /run/events)"
}

# told_of NODE BLOCK UNBLOCK: the causes are what is known of them
told_of() {
	flaky block "$1"
	expect_event "^node $1 SCSI_LIFECYCLE_BLOCKED=yes SCSI_LIFECYCLE_CAUSE=$2 SCSI_LIFECYCLE_STATE=running"
	flaky unblock "$1"
	expect_event "^node $1 SCSI_LIFECYCLE_BLOCKED=no SCSI_LIFECYCLE_CAUSE=$3 SCSI_LIFECYCLE_STATE=running"
}

# expect_removed FLUSH ADDRESS [HOST]: the host tells the end of that removal, and what the LUN was
expect_removed() {
	removed=" SCSI_LIFECYCLE_FLUSH=$1 SCSI_LIFECYCLE_NUMBER=[0-9]* SCSI_LIFECYCLE_REMOVED=$2 SCSI_LIFECYCLE_TOOK_MS=[0-9]* "
	expect_event "^${3-host $host} SCSI_LIFECYCLE_DISK=sd[a-z]${removed}SCSI_LIFECYCLE_WWID=naa[.][0-9a-f]* \$"
}

# lose NODE LUN
lose() {
	flaky block "$1"
	flaky offline "$1"
	spawn delete delete "$2"
	wait_for 20 ended delete || fail "the removal does not end"
}

tell() {
	silent_of "$first"
	limit uevents all
	told_of "$first" "$1" "$2"

	limit uevents removals
	: >/run/events
	lose "$first" 0
	said_of_state="SCSI_LIFECYCLE_BLOCKED=yes SCSI_LIFECYCLE_CAUSE=remove SCSI_LIFECYCLE_STATE=cancel"
	expect_event "^node $first $said_of_state SCSI_LIFECYCLE_TRANSITIONS=[1-9]"
	expect_event "^node $first .*SCSI_LIFECYCLE_FLUSH=killed"
	expect_removed killed "$first"
	! heard "^$host SCSI_LIFECYCLE_.*=$second" || fail "an event of a disk that is there"

	limit uevents off
	: >/run/events
	silent_of "$third"
	lose "$third" 2
	events_end
	! heard "^node" || fail "heard with uevents=off: $(grep ^node /run/events)"

	limit uevents removals
	spawn rmmod rmmod scsi_debug
	wait_for 20 ended rmmod || fail "rmmod does not end"
	expect_event "^node $second SCSI_LIFECYCLE_BLOCKED=no SCSI_LIFECYCLE_CAUSE=remove SCSI_LIFECYCLE_STATE=cancel"
	# By the time of its last event the host may be removed from its class.
	expect_removed completed "$second" "\(host \)\{0,1\}$host"
	! heard "^[0-9]" || fail "an event of a device itself: $(grep '^[0-9]' /run/events)"
}

guard() {
	! write some /sys/module/scsi_lifecycle/parameters/uevents 2>/dev/null || fail "uevents took 'some'"
	tell seen seen
	note "removals and lost flushes, and the rest on request"
}

livepatch() {
	# Far more changes than events may be sent for; the last one is sent.
	limit uevents all
	made=1
	flutter_began=$(now)
	while [ "$(now)" -lt $((flutter_began + 4000)) ]; do
		echo "block $second" >"$CONTROL"
		echo "unblock $second" >"$CONTROL"
		made=$((made + 2))
	done
	flaky block "$second"
	flutter_took=$(($(now) - flutter_began))
	wait_for 60 all_told || fail "the events speak of $(transitions) transitions, not $made"
	tail -n 1 /run/events | grep -q "^node $second SCSI_LIFECYCLE_BLOCKED=yes" || fail "the last is not told"
	# Ten a second, besides the first and the last; a busy machine may be late, but not by half.
	fluttered=$(grep -c "^node $second" /run/events)
	[ "$fluttered" -le $((flutter_took / 100 + 2)) ] || fail "$fluttered events in $flutter_took ms are too many"
	[ "$fluttered" -ge $((flutter_took / 250)) ] || fail "$fluttered events in $flutter_took ms are too few"
	# A kernel with KASAN and lockdep makes fewer than 20 changes a second: ten events a second nearly keep up.
	if [ $made -ge $((flutter_took / 50)) ] && [ $made -le $((2 * fluttered)) ]; then
		fail "$made transitions are not many more than $fluttered events"
	fi
	flaky unblock "$second"
	wait_for 10 heard "^node $second SCSI_LIFECYCLE_BLOCKED=no" || fail "the unblock is not told"
	events_end
	limit uevents removals
	: >/run/events
	tell block unblock
	note "$made transitions in $fluttered events, $flutter_took ms"
}
