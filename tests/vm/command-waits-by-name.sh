# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a disk whose removal hangs is found by the names that the removal has taken from sysfs, and is not said to be gone"
PATHS=
REQUIRES="scsi_flaky dm_mod"
USER_SPACE=debian
COMMAND=1

prepare() {
	use udev
	use command
	debug_disks 2
	settle
	dirty 0
	there=$(lun 0) name=$(disk 0) wwid=$(cat "$(device 0)/wwid")
	modprobe dm_mod || fail "modprobe dm_mod failed"
	dmsetup create store --table "0 8192 linear /dev/$name 0" || fail "no map"
	settle
	limit teardown_tmo 600
	stop_lun 0
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	wait_for 30 nameless || fail "$name is in sysfs while its flush waits"
}

nameless() { [ ! -e "/sys/class/block/$name" ] && [ ! -e "/dev/$name" ] && gone 0; }

# found_by NAME...
found_by() {
	for each in "$@"; do
		says 3 "$name $there  still there" wait --timeout 3 "$each"
		says 1 "1. $there (was $name) is being removed" why "$each"
	done
	says 3 "$name $there  still there" delete --timeout 3 "$name"
}

# ends CODE WORDS: a wait by the disk's name goes on until the removal ends
ends() {
	begin_wait waiting "$name"
	flaky unblock "$there"
	wait_told waiting "$1" "$name $there  gone in .*$2"
	wait_for 20 ended delete || fail "the removal goes on waiting"
	[ ! -e "$GUARD/devices" ] || grep -q "^$there state=del " "$GUARD/devices" || fail "the map does not keep $there"
	says "$1" "$name.* gone" wait --need-outcome --timeout 5 "$name"
	dmsetup remove store || fail "the map stays"
	wait_for 20 forgotten || fail "the module lists $there, which the map had open"
	says 0 "$name" wait "$name"
}

forgotten() { ! grep -q "^$there " "$GUARD/devices" 2>/dev/null; }

# The log has the disk's name, the map its link, and nothing has the WWID.
stock() {
	found_by "$name" "/dev/$name" store
	says 9 "not there by name; the removal of $there (was $name) is pending and may be it" wait "$wwid"
	says 9 "not there by name; the removal of $there (was $name) is pending and may be it" why "$wwid"
	says 0 "sdzz  gone, .*it was not there" wait sdzz
	ends 5 "the flush's outcome is not known"
	says 0 "$wwid" wait "$wwid"
	note "found by three names, and not said to be gone by a fourth"
}

guard() {
	found_by "$name" "/dev/$name" store "$wwid"
	says 0 "sdzz  gone" wait sdzz
	ends 0 "flush completed"
	note "found by four names"
}
