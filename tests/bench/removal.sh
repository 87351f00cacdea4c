# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# rmmod of scsi_debug, by turns: on stock, with the guard, and with the guard where it expedites nothing.
# rounds=N; disks=N,... and bare=N,... are numbers of LUNs, with a disk each and without; blocked=1: also where every
# other one, or all, are blocked and offline, with teardown_tmo=0.
TIMEOUT=7200

load_luns() { # disks|bare N
	if [ "$1" = disks ]; then
		load_debug max_luns="$2"
	else
		load_bare_debug "$2" 1200
	fi
}

# unload TABLE LUNS VARIANT
unload() {
	began=$(micros)
	rmmod scsi_debug || fail "rmmod failed"
	echo "SAMPLE $* $(($(micros) - began))" >/dev/console
}

stop_some() { # N EACH
	for each in $(seq 0 "$2" $(($1 - 1))); do stop_lun "$each"; done
}

turn() { # disks|bare N
	load_luns "$1" "$2"
	unload "$1" "$2" stock
	load_guard teardown_tmo=0
	load_luns "$1" "$2"
	unload "$1" "$2" guard
	if [ "${blocked-0}" = 1 ] && [ "$2" -gt 1 ]; then
		load_luns "$1" "$2"
		stop_some "$2" 2
		unload "$1" "$2" half
		load_luns "$1" "$2"
		stop_some "$2" 1
		unload "$1" "$2" blocked
	fi
	rmmod scsi_lifecycle || fail "the guard cannot be unloaded"
	load_guard expedite=N
	load_luns "$1" "$2"
	unload "$1" "$2" unexpedited
	rmmod scsi_lifecycle || fail "the guard cannot be unloaded"
}

turns() { # disks|bare N,...
	for luns in $(echo "$2" | tr , ' '); do
		for _ in $(seq "${rounds:-3}"); do turn "$1" "$luns"; done
	done
}

dmesg -n 1
load_flaky
turns disks "${disks-}"
turns bare "${bare-}"
pass
