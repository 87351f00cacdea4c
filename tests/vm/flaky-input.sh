# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the flaky transport refuses what it does not understand, and changes nothing"
PATHS=
REQUIRES="scsi_flaky"
GUARD_ONLY="its subject is what a test module takes, which is the same with and without the guard"

refuses() {
	! write "$1" "$CONTROL" 2>/run/why || fail "it took '$1'"
	grep -q "$2" /run/why || fail "'$1' got $(cat /run/why), not $2"
	[ "$(state 0)" = running ] || fail "'$1' left the disk $(state 0)"
}

prepare() {
	debug_disks
}

guard() {
	for bad in '' block 'block ' "block $(lun 0) now" "stop $(lun 0)" 'block 0:0' 'block 0:0:0:0:0' 'block a:0:0:0' 'block 0:' \
		'block :0:0' 'block -1:0:0:0' 'block 0:0:0:99999999999999999999999' 'block 0x0:0:0:0' "BLOCK $(lun 0)" 'block 0:0:0:'; do
		refuses "$bad" 'Invalid argument'
	done
	for unknown in 77 77:0:0:0 "$(debug_host):0:0:9" "$(debug_host):0:9" "$(debug_host):3:0:0"; do
		refuses "block $unknown" 'No such device'
	done
	flaky block "$(lun 0)"
	[ "$(state 0)" = blocked ] || fail "block left the disk $(state 0)"
	flaky fail "$(lun 0)"
	[ "$(state 0)" = transport-offline ] || fail "fail left the disk $(state 0)"
	unblock_target
	[ "$(state 0)" = running ] || fail "unblock left the disk $(state 0)"
	flaky block "$(debug_host)"
	[ "$(state 0)" = blocked ] || fail "block of the host left the disk $(state 0)"
	flaky unblock "$(debug_host)"
	[ "$(state 0)" = running ] || fail "unblock of the host left the disk $(state 0)"
	rmmod scsi_debug || fail "it holds the LLD"
	note "refuses bad lines"
}
