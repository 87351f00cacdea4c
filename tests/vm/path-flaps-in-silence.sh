# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LUNs of a target lose their path again and again: udev, which would open their disks, hears nothing"
PATHS=
REQUIRES="scsi_flaky"

luns=32

prepare() {
	load_bare_debug $luns 60
	load_flaky
	listen
	target=$(target_of "$(lun 0)")
}

flap() {
	for turn in 1 2 3; do
		for verb in block unblock; do
			flaky $verb "$target"
			sleep 2
		done
	done
	events_end
	heard_of=$(grep -vc "^host" /run/events)
	[ "$heard_of" = 0 ] || fail "$heard_of events: $(grep -v "^host" /run/events | head -n 2)"
	note "no event of $luns LUNs in three flaps"
}

stock() { flap; }

# Without the livepatch the module looks once a second, while a node is open.
guard() {
	spawn reader node read "$(node_of 0)"
	flap
	for way in "from=running to=running+blocked" "from=running+blocked to=running"; do
		grep -q "type=transition $way " "$RUN/reader/output" || fail "the module did not look: $(cat "$RUN/reader/output")"
	done
}

livepatch() { guard; }
