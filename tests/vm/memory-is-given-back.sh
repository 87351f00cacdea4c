# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="80 devices come and go, are opened, held and removed, the module 36 times: no memory of kmalloc() is left behind"
EACH_KERNEL=1
PATHS=
REQUIRES="scsi_flaky"
GUARD_ONLY="what is counted are the module's own objects"
TIMEOUT=600

# With it the kernel counts objects; without, it counts a page that a CPU has at hand as if it were full.
WORDS="slub_debug=U,kmalloc-*"

LUNS=8
PORTIONS="1 2"
ROUNDS=3	# of each portion; a round is of LUNS devices
UNLOADS=16	# of each portion

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

# What is lost with each device, or with each unload, makes a size grow in every portion. What the kernel needs
# itself (a thread more, an object that kfree_rcu() holds back) does not.
grown_in_every_portion() {
	awk -v least="$1" '
		FILENAME != last { last = FILENAME; portion++ }
		portion > 1 && $2 >= now[$1] + least { times[$1]++; by[$1] = by[$1] " +" $2 - now[$1] }
		{ now[$1] = $2 }
		END { for (size in times) if (times[size] == portion - 1) print size by[size] }' /run/count.*
}
nothing_grows() { # WHAT N LEAST: a portion is WHAT N; LEAST objects in each are a leak
	lowest_count /run/count.0
	for portion in $PORTIONS; do
		"$1" "$2"
		lowest_count "/run/count.$portion"
	done
	grown=$(grown_in_every_portion "$3")
	[ -z "$grown" ] || fail "each time, $2 $1 leave objects behind: $grown"
}

guard() {
	[ "$(cat /sys/kernel/slab/kmalloc-96/store_user)" = 1 ] || fail "the kernel does not count: boot it with $WORDS"
	[ -n "$(objects)" ] || fail "nothing is counted"
	keep_attributes_open
	wait_for 5 attributes_are_open || fail "tail does not hold the attributes open"
	# The list of the last 64 removals is full then, and grows no more.
	rounds 8
	nothing_grows rounds $ROUNDS $((ROUNDS * LUNS / 2))
	rescan
	wait_for 20 all_there || fail "not all LUNs came"
	unloads 4
	nothing_grows unloads $UNLOADS $((UNLOADS / 2))
}
