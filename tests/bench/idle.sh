# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# What the module costs where all LUNs are in use: its load and unload, and the works that run in a minute and their
# time, while no node is open and while one is. luns=N; seconds=N.
TIMEOUT=7200

seconds=${seconds:-60}
sample() { echo "SAMPLE $*" >/dev/console; }
# look_at_hosts looks at no LUN.
works() { grep 'workqueue_execute_start:.*\[scsi_lifecycle\]' "$TRACE"/trace | grep -c "$@"; }
# took FUNCTION: the microseconds that its runs took together
took() {
	awk -v what=" $1 " '{ $0 = $0 " " }
		/workqueue_execute_start:/ && index($0, what) { began = $4 + 0 }
		/workqueue_execute_end:/ && index($0, what) && began { took += $4 - began; began = 0 }
		END { printf "%d\n", took * 1000000 }' "$TRACE"/trace
}
watch() {
	echo >"$TRACE"/trace
	sleep "$seconds"
	sample "works" "$1" backstop "$(works look_at_hosts)"
	sample "works" "$1" others "$(works -v look_at_hosts)"
	sample "us" "$1" backstop "$(took look_at_hosts)"
	sample "us" "$1" monitor "$(took monitor_hosts)"
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
write 1 "$TRACE"/events/workqueue/workqueue_execute_end/enable
sleep 3
watch unwatched
exec 9<"$(node_of 0)"
watch watched
pass
