# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a host is removed, LUN 1 has no path any more, and LUN 2, in use, loses its path for half a second much later"
PATHS="P3"
REQUIRES="scsi_flaky"

prepare() {
	debug_disks 3
	dirty 0 1 2
	used=$(disk 2) dead=$(lun 1) blip=$(lun 2)
	trace_on
	flaky block "$dead"
	keep_host_leaving
	spawn writer writes
}

written() { awk '{ print $5 }' "/sys/block/$used/stat"; }
writes() { while dd if=/dev/zero of="/dev/$used" bs=4096 count=1 oflag=direct; do :; done; }
goes_on() { [ "$(written)" -gt "$before" ]; }
outlasts() {
	running writer || fail "the writer lost I/O $1: $(tail -n 1 "$RUN/writer/output")"
	before=$(written)
	wait_for 10 goes_on || fail "the writer does not go on $1"
	running writer || fail "the writer lost I/O $1: $(tail -n 1 "$RUN/writer/output")"
}

blip() {
	outlasts "before"
	flaky block "$blip"
	sleep 0.5
	flaky unblock "$blip"
	outlasts "after half a second"
	note "the writer goes on"
}

stock() { blip; }

guard() {
	wait_for 10 cut_off "$dead" || fail "LUN 1 waits on: $(cat "$GUARD"/devices)"
	blip
}

livepatch() { guard; }

upstream() {
	wait_for 10 said "$dead: blocked for .*failing its commands" || fail "LUN 1 waits on"
	blip
}
