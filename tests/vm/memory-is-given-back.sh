# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="200 devices come and go, are opened, held and removed, and 120 times the module: no memory is left behind"
PATHS=
REQUIRES="scsi_flaky"
GUARD_ONLY="what is counted are the module's own objects"
TIMEOUT=300

LUNS=8
PER_KIND=100	# less than one for each device, and for each unload

prepare() {
	load_bare_debug $LUNS 60
	load_flaky
	host=$(debug_host)
}

all_there() {
	set -- /dev/scsi_lifecycle/"$host":*
	[ -e "$1" ] && [ $# -eq $LUNS ]
}
none_there() { ! ls /dev/scsi_lifecycle/"$host":* >/dev/null 2>&1; }

# Each device has a reader, a blocked time with its transitions, a hold, and an attribute that is set.
round() {
	rescan
	wait_for 20 all_there || fail "not all LUNs came"
	for each in /dev/scsi_lifecycle/"$host":*; do
		address=${each##*/}
		exec 9<"$each"
		flaky block "$address"
		node try "$each" hold release >/dev/null || fail "$each cannot be held"
		flaky unblock "$address"
		head -c 32 <&9 >/dev/null
		write 7 "/sys/class/scsi_device/$address/device/teardown_tmo" || fail "no attribute"
		write 1 "/sys/class/scsi_device/$address/device/delete"
		exec 9<&-
	done
	wait_for 20 none_there || fail "not all nodes went"
}

rounds() { for each_round in $(seq "$1"); do round; done; }

# An opened attribute has an object (kernfs_open_node) that is freed seconds after the last close (kfree_rcu).
# So that the counting counts nothing of its own, the attributes stay open from its start to its end.
keep_attributes_open() { tail -f -s 3600 /sys/kernel/slab/kmalloc-*/shrink >/dev/null 2>&1 & }
attributes_are_open() {
	for each in /proc/"$!"/fd/*; do
		[ "$each" -ef /sys/kernel/slab/kmalloc-96/shrink ] && return
	done
	return 1
}

# The objects of each size that are in use; first what the CPUs keep at hand is given back.
objects() {
	for each in /sys/kernel/slab/kmalloc-*; do write 1 "$each/shrink"; done
	awk '/^kmalloc-/ { print $1, $2 }' /proc/slabinfo
}
grown() {
	objects | awk -v per="$PER_KIND" '
		NR == FNR { before[$1] = $2; next }
		$2 > before[$1] + per { print $1, "had", before[$1], "and has", $2 }' "$1" -
}
nothing_grew() { [ -z "$(grown "$1")" ]; }

# What is freed late is freed within 5 s (KFREE_DRAIN_JIFFIES in kernel/rcu/tree.c): no size has got smaller for 7 s.
lowest_count() {
	objects >"$1"
	since=$(now)
	while [ $(($(now) - since)) -lt 7000 ]; do
		sleep 0.5
		objects | awk '
			NR == FNR { low[$1] = $2; next }
			$2 < low[$1] { low[$1] = $2; less = 1 }
			{ print $1, low[$1] }
			END { exit !less }' "$1" - >/run/low || continue
		mv /run/low "$1"
		since=$(now)
	done
}

unloads() {
	for each in $(seq "$1"); do
		rmmod scsi_lifecycle || fail "it cannot be unloaded"
		load_guard
	done
}

guard() {
	keep_attributes_open
	wait_for 5 attributes_are_open || fail "tail does not hold the attributes open"
	rounds 4
	lowest_count /run/before
	rounds 25
	wait_for 30 nothing_grew /run/before || fail "more than before: $(grown /run/before)"
	rescan
	wait_for 20 all_there || fail "not all LUNs came"
	unloads 4
	lowest_count /run/before
	unloads 120
	wait_for 30 nothing_grew /run/before || fail "more than before the unloads: $(grown /run/before)"
}
