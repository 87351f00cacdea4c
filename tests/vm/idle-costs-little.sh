# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="256 LUNs that are in use cost little memory, and no worker runs for them"
PATHS=
REQUIRES="scsi_flaky"
SKIPS="6.1-debug 6.1-kcsan"
GUARD_ONLY="its subject is what the module costs"
LATE=1
# The kernel counts objects, where it otherwise counts a page that a CPU has at hand as if it were full.
WORDS="slub_debug=U"
TIMEOUT=300

LUNS=256
# What docs/measurements.md has, and a tenth more.
MOST_BYTES=5700
WATCHED=10	# seconds

prepare() {
	[ "$(cat /sys/kernel/slab/kmalloc-96/store_user 2>/dev/null)" = 1 ] || skip "this kernel's slabs do not count"
	load_bare_debug $LUNS 120
	load_flaky
}

# The objects in use of each size; an alias of a size is a link.
objects() {
	for each in /sys/kernel/slab/*; do
		[ ! -L "$each" ] || continue
		read -r number _ <"$each/objects"
		read -r size <"$each/object_size"
		echo "${each##*/} $number $size"
	done >"$1"
}

all_there() {
	set -- /dev/scsi_lifecycle/*
	[ -e "$1" ] && [ $# -eq $LUNS ]
}

# works FUNCTION: how often a work of the module ran; glance_at_hosts has a timer that wakes no CPU
works() { grep 'workqueue_execute_start:.*\[scsi_lifecycle\]' "$TRACE"/trace | grep -c "$@"; }
one_runs() { [ "$(works -v glance_at_hosts)" != 0 ]; }
none_runs() {
	echo >"$TRACE"/trace
	! wait_for $WATCHED one_runs
}
looked() { [ "$(works monitor_hosts)" -ge "$1" ]; }

idles() { none_runs || fail "$1: $(grep '\[scsi_lifecycle\]' "$TRACE"/trace | grep -v glance_at_hosts | head -n 3)"; }

guard() {
	# To read the numbers takes memory too, once.
	objects /run/before
	objects /run/before
	load_guard
	wait_for 20 all_there || fail "not all LUNs have a node"
	objects /run/after
	bytes=$(awk -v luns=$LUNS 'NR == FNR { before[$1] = $2; next }
		{ bytes += ($2 - before[$1]) * $3 } END { print int(bytes / luns) }' /run/before /run/after)
	[ "$bytes" -le $MOST_BYTES ] || fail "a device costs $bytes bytes, more than $MOST_BYTES"
	! ls -d /sys/class/scsi_lifecycle/*/power >/dev/null 2>&1 || fail "a node has files for power management"

	write 1 "$TRACE"/events/workqueue/workqueue_execute_start/enable
	# What loading began ends within two rounds of the monitor.
	wait_for 30 none_runs || fail "a worker runs on: $(grep '\[scsi_lifecycle\]' "$TRACE"/trace | head -n 3)"
	idles "it does not stay so"

	# An open node is a reason, and so is a blocked LUN; neither is one when it is over.
	exec 9<"$(node_of 0)"
	wait_for 10 looked 2 || fail "nothing looks for the reader"
	exec 9<&-
	wait_for 30 none_runs || fail "closed, it is looked after still"
	flaky block "$(lun 1)"
	exec 9<"$(node_of 2)"
	wait_for 10 grep -q blocked=yes "$GUARD"/devices || fail "the blocked LUN is not seen"
	exec 9<&-
	wait_for 10 looked 3 || fail "nothing looks after the blocked LUN"
	flaky unblock "$(lun 1)"
	wait_for 30 none_runs || fail "unblocked, it is looked after still"
	note "$bytes bytes a device; no worker in $WATCHED s"
}
