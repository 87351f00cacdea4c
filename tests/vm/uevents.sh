# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="udev hears of each transition, of the last one always, and that a disk is really gone"
PATHS=
REQUIRES="scsi_flaky"
GUARD_ONLY=1

prepare() {
	load_debug max_luns=2
	load_flaky
	first=$(lun 0) second=$(lun 1) host=host$(debug_host)
	listen
}

transitions() { sed -n "s/^$second.*TRANSITIONS=//p" /run/events | awk '{ n += $1 } END { print n + 0 }'; }
all_told() { [ "$(transitions)" = 401 ]; }

removals() {
	flaky block "$first"
	expect_event "^$first SCSI_LIFECYCLE_BLOCKED=yes SCSI_LIFECYCLE_CAUSE=$1 SCSI_LIFECYCLE_STATE=running"
	flaky unblock "$first"
	expect_event "^$first SCSI_LIFECYCLE_BLOCKED=no SCSI_LIFECYCLE_CAUSE=$2 SCSI_LIFECYCLE_STATE=running"

	flaky block "$first"
	flaky offline "$first"
	spawn delete delete 0
	wait_for 20 ended delete || fail "the removal does not end"
	expect_event "^$first SCSI_LIFECYCLE_BLOCKED=yes SCSI_LIFECYCLE_CAUSE=remove SCSI_LIFECYCLE_STATE=cancel"
	expect_event "^$first SCSI_LIFECYCLE_FLUSH=killed"
	expect_event "^$host SCSI_LIFECYCLE_FLUSH=killed SCSI_LIFECYCLE_REMOVED=$first \$"
	! heard "^$host SCSI_LIFECYCLE_.*=$second" || fail "an event of a disk that is there"

	spawn rmmod rmmod scsi_debug
	wait_for 20 ended rmmod || fail "rmmod does not end"
	expect_event "^$host SCSI_LIFECYCLE_FLUSH=completed SCSI_LIFECYCLE_REMOVED=$second \$"
	[ "$(grep -c "REMOVED=$first" /run/events)" = 1 ] || fail "gone twice: $(cat /run/events)"
}

guard() { removals seen seen; }
livepatch() {
	# Far more than may be told, and the last one is.
	for each in $(seq 200); do
		echo "block $second" >"$CONTROL"
		echo "unblock $second" >"$CONTROL"
	done
	flaky block "$second"
	wait_for 10 all_told || fail "the events speak of $(transitions) transitions, not 401"
	tail -n 1 /run/events | grep -q "^$second SCSI_LIFECYCLE_BLOCKED=yes" || fail "the last is not told"
	fluttered=$(grep -c "^$second" /run/events)
	[ "$fluttered" -lt 200 ] || fail "$fluttered events of 401 transitions"
	flaky unblock "$second"
	removals block unblock
	note "401 transitions in $fluttered events"
}
