# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a host is removed and LUN 1 never has a path again: LUN 2, in use, loses its path for half a second much later"
PATHS="P3"
REQUIRES="scsi_flaky"

# LUN 0 keeps the removal of the host busy with a flush that is swallowed.
prepare() {
	load_debug max_luns=3
	load_flaky
	for each in 0 1 2; do write_blocks "$(disk $each)"; done
	used=$(disk 2) dead=$(lun 1) blip=$(lun 2)
	trace_on
	flaky block "$dead"
	swallow
	spawn remove write -1 /sys/bus/pseudo/drivers/scsi_debug/add_host
	wait_for 10 flush_under_way || fail "no flush was sent"
	swallow no
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

is_cut_off() { grep -q "^$dead .*blocked=no" "$GUARD"/devices; }

guard() {
	wait_for 10 is_cut_off || fail "LUN 1 waits on: $(cat "$GUARD"/devices)"
	blip
}

livepatch() { guard; }
