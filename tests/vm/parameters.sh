# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="timeouts take seconds and off, and refuse all else without a change"
EACH_KERNEL=1
PATHS=
REQUIRES="scsi_flaky"
GUARD_ONLY="stock has no time to set"

takes() {
	write "$2" "$1" || fail "$1 refused '$2'"
	[ "$(cat "$1")" = "$2" ] || fail "$1 is '$(cat "$1")' after '$2'"
}

refuses() {
	before=$(cat "$1")
	! write "$2" "$1" 2>/dev/null || fail "$1 took '$2'"
	[ "$(cat "$1")" = "$before" ] || fail "$1 changed with '$2'"
}

prepare() {
	debug_disks
}

begins_as() { [ "$(cat "/sys/module/scsi_lifecycle/parameters/$1")" = "$2" ] || fail "$1 does not begin as $2"; }

guard() {
	begins_as flush_tmo default
	begins_as reboot_tmo default
	begins_as uevents removals
	for parameter in teardown_tmo flush_tmo reboot_tmo; do
		file=/sys/module/scsi_lifecycle/parameters/$parameter
		for value in 0 1 4294967293 off 7; do takes "$file" "$value"; done
		for value in '' ' ' -1 +1 1s 0x10 Off OFF offf 4294967294 4294967296 1.5 '1 2' defaults; do
			refuses "$file" "$value"
		done
	done
	refuses /sys/module/scsi_lifecycle/parameters/teardown_tmo default
	for parameter in flush_tmo reboot_tmo; do takes /sys/module/scsi_lifecycle/parameters/$parameter default; done
	file=/sys/module/scsi_lifecycle/parameters/uevents
	for value in off all removals; do takes $file $value; done
	for value in '' some offf Off 1 'off all'; do refuses $file "$value"; done
	file=/sys/module/scsi_lifecycle/parameters/expedite
	[ "$(cat $file)" = Y ] || fail "expedite does not begin as Y"
	for value in N Y; do takes $file $value; done
	for value in '' ' ' maybe 2 nonsense yesterday; do refuses $file "$value"; done
	expect_message 'scsi_lifecycle: expedite: "maybe" is neither "Y" nor "N"$'
	file=/sys/module/scsi_lifecycle/parameters/hold_max
	[ "$(cat $file)" = 30 ] || fail "hold_max does not begin as 30"
	for value in 0 1 4294967293 7; do takes $file "$value"; done
	for value in '' ' ' -1 off default 1s 4294967294; do refuses $file "$value"; done
	expect_message 'scsi_lifecycle: hold_max: "off" is not seconds$'
	expect_message 'scsi_lifecycle: teardown_tmo: "1s" is neither seconds nor "off"'
	for file in "$(device 0)/teardown_tmo" "/sys/bus/scsi/devices/host$(debug_host)/teardown_tmo"; do
		[ "$(cat "$file")" = default ] || fail "$file does not begin as default"
		for value in 0 1 off default 9; do takes "$file" "$value"; done
		for value in '' -1 on 1s; do refuses "$file" "$value"; done
	done
	# Blocked by stock's own function, a moment ago: what stays is not said to be removed.
	listen
	flaky block "$(lun 0)"
	rmmod scsi_lifecycle
	[ ! -e "$(device 0)/teardown_tmo" ] || fail "an attribute outlived the module"
	flaky unblock "$(lun 0)"
	events_end
	! heard "CAUSE=remove" || fail "said to be removed: $(cat /run/events)"
	! insmod /modules/scsi_lifecycle.ko teardown_tmo=soon 2>/dev/null || fail "it loaded with teardown_tmo=soon"
	load_guard
	begins_as teardown_tmo 5
	begins_as hold_max 30
	rmmod scsi_lifecycle
	load_guard teardown_tmo=off flush_tmo=0
	[ "$(cat /sys/module/scsi_lifecycle/parameters/teardown_tmo)" = off ] || fail "off was lost at load"
	note "take what they say"
}
