# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="each step that is not listed as different ends as in the running kernel's own functions; with the livepatch these are ours"
EACH_KERNEL=1
PATHS=
REQUIRES="scsi_lifecycle_stock scsi_lifecycle_livepatch"
GUARD_ONLY="it calls stock's functions itself, and compares"

# No deadline may change the states that the disk is put into.
prepare() {
	load_debug
	limit teardown_tmo off
}

# compare DIFFER PARAMETERS...: how many may differ is a pattern
compare() {
	compare_differ=$1
	shift
	dmesg -c >/dev/null
	module scsi_lifecycle_stock "$@"
	rmmod scsi_lifecycle_stock || fail "the comparison cannot be unloaded"
	compare_line="[1-9][0-9]* transitions compared, [1-9][0-9]* equal, $compare_differ differ as listed, 0 wrong"
	compared=$(dmesg | grep -oE "$compare_line") ||
		fail "the comparison said: $(dmesg | grep 'transitions compared')"
	[ "$(state 0)" = running ] || fail "the disk is left $(state 0)"
	dd if="/dev/$(disk 0)" of=/dev/null bs=4096 count=1 iflag=direct 2>/dev/null || fail "the disk does not read"
}

guard() {
	compare '[1-9][0-9]*'
	note "$compared"
}

livepatch() {
	compare 0 patched=1
	patched_compared=$compared
	unload_livepatch
	compare '[1-9][0-9]*'
	note "patched: $patched_compared; disabled: $compared"
}
