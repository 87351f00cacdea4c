# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the command's monitor misses no disk that comes while it starts, and tells a disk's life to its end, in order"
PATHS="P1"
REQUIRES="scsi_flaky"
USER_SPACE=debian
COMMAND=1
ALONE=1
GUARD_ONLY="monitor is of the module's nodes"

TIMEOUT=400
DISKS=12

prepare() {
	use udev
	modprobe sd_mod
	# The disks come while it begins: before it hears, while it reads, and after.
	spawn disks modprobe scsi_debug max_luns=$DISKS
	spawn watcher scsi-lifecycle monitor
	spawn lines scsi-lifecycle monitor --json
	wait_for 60 ended disks || fail "the disks do not come"
	disks_wanted=$DISKS
	wait_for_disks
	load_flaky
	settle 300
	doomed=$(lun 0)
}

# life ADDRESS: what is told of it, without times and the disk's name
life() { sed -n "s/^ *[0-9.]* $1\( ([a-z]*)\)\? //p" "$RUN/watcher/output" | sed 's/ in [0-9.]* m\?s,/,/; s/LOST.*/LOST/'; }
births() { life "$1" | grep -c 'is there'; }
tells() { life "$doomed" | grep -qx "$1"; }
told_lines() { grep -c "\"hctl\":\"$1\",\"event\":\"born\"" "$RUN/lines/output"; }

all_born() {
	for each in $(seq 0 $((DISKS - 1))); do
		[ "$(births "$(lun "$each")")" -ge 1 ] && [ "$(told_lines "$(lun "$each")")" -ge 1 ] || return 1
	done
}

born_once() {
	for each in $(seq 0 $((DISKS - 1))); do
		[ "$(births "$(lun "$each")") $(told_lines "$(lun "$each")")" = "1 1" ] || fail "$(lun "$each") is told twice"
	done
}

# lose BLOCK OFFLINE: the causes that the records give
lose() {
	wait_for 60 all_born || fail "not each disk is told: $(grep -c 'is there' "$RUN/watcher/output") of $DISKS"
	born_once
	flaky block "$doomed"
	wait_for 10 tells "running -> running+blocked, $1" || fail "the block is not told"
	flaky offline "$doomed"
	wait_for 10 tells "running+blocked -> offline+blocked, $2" || fail "the offline state is not told"
	spawn delete delete 0
	expect_end delete 20 >/dev/null
	wait_for 10 tells "removed, flush LOST" || fail "the host's event is not told"
	wait_for 10 tells "gone, flush LOST" || fail "the end is not told"
	[ "$(life "$doomed" | grep -v ^removed | tail -n 3 | tr '\n' ';')" = \
		"offline+blocked -> cancel+blocked, remove;cancel+blocked -> del, deadline;gone, flush LOST;" ] ||
		fail "not in order: $(life "$doomed")"
	grep "\"hctl\":\"$doomed\",\"event\":\"removed\"" "$RUN/lines/output" | grep -q '"wwid":"naa' ||
		fail "no line of the removal: $(tail -n 2 "$RUN/lines/output")"

	# Another disk comes to the address.
	rescan
	wait_for 20 comes_again || fail "the next disk at the address is not told"
	note "$DISKS disks that came meanwhile, once each; block, removal, lost flush and end of one, in order"
}
comes_again() { [ "$(births "$doomed") $(told_lines "$doomed")" = "2 2" ]; }

guard() { lose seen seen; }
livepatch() { lose block offline; }
