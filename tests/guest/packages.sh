# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# What a machine says that has the packages installed: a line of TAP for each fact. The variable version is theirs.

# The kernel's log goes to the same console: facts have a line of their own.
tell() { printf '%s\n' "$*" >/dev/ttyS2; }

# holds SENTENCE COMMAND...: what the command prints is told where it fails
holds() {
	holds_sentence=$1
	shift
	echo "# $holds_sentence" >/dev/console
	if "$@" >/run/held 2>&1; then
		tell "ok - $holds_sentence"
	else
		cat /run/held >/dev/console
		tell "not ok - $holds_sentence"
		sed 's/^/# /' /run/held >/dev/ttyS2
	fi
}

# systemd has nothing left to do, and no unit of it has failed
boots_whole() {
	boot_state=$(systemctl is-system-running --wait) || :
	systemctl --no-legend --plain --failed
	[ "$boot_state" = running ] || { echo "systemd says $boot_state"; return 1; }
}

is_loaded() { [ -e "/sys/module/$1" ]; }
is_not_loaded() { ! is_loaded "$1"; }

# has_version MODULE: the one that is loaded is of the package
has_version() {
	[ "$(cat "/sys/module/$1/version")" = "$version" ] || { echo "$1 is $(cat "/sys/module/$1/version"), not $version"; return 1; }
}

# From now on there is one disk whose path the test's transport can take away.
one_disk() {
	debug_disks 1
	udevadm settle
}

# After a write udevd opens the disk once more.
dirty_and_stopped() {
	dirty 0
	udevadm settle
	stop_target
}

# Where the machine is busy the command may not see in time what has the disk open: it ends with 9, and deletes nothing.
deletion_is_begun() {
	guarded_code=0
	scsi-lifecycle delete --timeout 60 "$(disk 0)" || guarded_code=$?
	[ "$guarded_code" != 9 ]
}

# A disk loses its path, and is set offline: on stock its deletion waits for ever. Here it ends, and the command says
# what became of the flush.
guarded_deletion_ends() {
	dirty_and_stopped
	wait_for 600 deletion_is_begun
	[ "$guarded_code" = 4 ] || { echo "scsi-lifecycle delete ends with $guarded_code, not 4"; return 1; }
}

# The same by sysfs.
guarded_delete_ends() {
	dirty_and_stopped
	spawn delete delete 0
	wait_for 60 ended delete || { echo "the deletion hangs"; stack_of delete; return 1; }
}

# The disk is there again.
disk_comes_back() {
	try unblock "$(target_of "$(lun 0)")"
	rescan
	wait_for_disks
	udevadm settle
}
