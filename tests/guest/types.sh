# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# Devices of scsi_debug that are no disks, each with a host of its own: the first is LUN 0 of host 1, and so on.

SETTINGS=/sys/bus/pseudo/drivers/scsi_debug

# typed_devices TYPE...: by their numbers in SCSI: 1 is a tape, 5 a CD, 13 an enclosure, 3 what no driver takes
typed_devices() {
	modprobe sg || fail "modprobe sg failed"
	typed_number=0
	for typed_each in "$@"; do
		if [ $typed_number = 0 ]; then
			modprobe scsi_debug "ptype=$typed_each" || fail "modprobe scsi_debug failed"
		else
			write "$typed_each" $SETTINGS/ptype || fail "no type $typed_each"
			write 1 $SETTINGS/add_host || fail "no host"
		fi
		typed_number=$((typed_number + 1))
		wait_for 20 typed_there $typed_number || fail "no device of type $typed_each"
		[ "$(cat "$(device 0 0 $typed_number)/type")" = "$typed_each" ] || fail "it is not of type $typed_each"
	done
	load_flaky
	trace_on
	settle
}
typed_there() { [ -e "$(device 0 0 "$1")/scsi_generic" ]; }
generic() { ls "$(device 0 0 "$1")/scsi_generic"; }

# expect_driver N NAME: of the N-th device; without a name there is none
expect_driver() {
	typed_driver=$(readlink "$(device 0 0 "$1")/driver")
	[ "${typed_driver##*/}" = "${2-}" ] || fail "device $1 has the driver ${typed_driver##*/}, not ${2-}"
}

# No target counts flushes here: these are what was sent.
target_flushes() { flushes_sent; }
