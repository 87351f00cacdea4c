# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# What the module costs where all LUNs are in use: its load and unload, and the works that run in a minute, while no
# node is open and while one is. luns=N; seconds=N.
TIMEOUT=7200

seconds=${seconds:-60}
sample() { echo "SAMPLE $*" >/dev/console; }
works() { grep -c 'workqueue_execute_start:.*\[scsi_lifecycle\]' "$TRACE"/trace; }
watch() {
	echo >"$TRACE"/trace
	sleep "$seconds"
	sample "works" "$1" guard "$(works)"
}
all_there() {
	set -- /sys/class/scsi_lifecycle/*:*
	[ $# -eq "$luns" ]
}

dmesg -n 1
load_bare_debug "${luns:=1024}" 2400
for round in 1 2 3; do
	began=$(micros)
	load_guard
	sample load "$luns" insmod $(($(micros) - began))
	wait_for 300 all_there || fail "not all nodes came"
	sample load "$luns" nodes $(($(micros) - began))
	[ "$round" = 3 ] || {
		began=$(micros)
		rmmod scsi_lifecycle || fail "it cannot be unloaded"
		sample load "$luns" rmmod $(($(micros) - began))
	}
done
write 1 "$TRACE"/events/workqueue/workqueue_execute_start/enable
sleep 3
watch unwatched
exec 9<"$(node_of 0)"
watch watched
pass
