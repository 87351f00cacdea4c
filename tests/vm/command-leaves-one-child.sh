# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a file that does not let its reader go keeps one process of the command, however often it is called, and the metrics say so"
PATHS=
REQUIRES="scsi_flaky ext4"
USER_SPACE=debian
COMMAND=1
GUARD_ONLY="the command reads the same files on stock"

TREE=/run/tree
MOUNT=/run/mount

# A look-up in a file system waits for its blocked disk, and no signal ends that.
prepare() {
	use udev
	modprobe ext4
	debug_disks 1
	settle
	mkfs.ext4 -q "/dev/$(disk 0)" || fail "mkfs.ext4 failed"
	mkdir -p $MOUNT
	mount -t ext4 "/dev/$(disk 0)" $MOUNT || fail "mount failed"
	mkdir $MOUNT/directory
	echo 1 >$MOUNT/directory/version
	umount $MOUNT
	settle
	mount -t ext4 -o ro "/dev/$(disk 0)" $MOUNT || fail "mount failed"
	flaky block "$(lun 0)"
}

# What the command reads, but for the version of the module.
plant() {
	mkdir -p $TREE/sys/module/scsi_lifecycle
	ln -s /proc $TREE/proc
	for each in bus class kernel; do ln -s /sys/$each $TREE/sys/$each; done
	for each in initstate refcnt taint parameters; do
		ln -s "/sys/module/scsi_lifecycle/$each" $TREE/sys/module/scsi_lifecycle/$each
	done
	ln -s $MOUNT/directory/version $TREE/sys/module/scsi_lifecycle/version
}

left() { grep -l '^scl-' /proc/[0-9]*/comm | wc -l; }
none_left() { [ "$(left)" = 0 ]; }

# calls HANGING WORDS: what the metrics say, and the command beside them
calls() {
	called=$(now)
	code=0
	scsi-lifecycle --root $TREE metrics >/run/metrics 2>/run/notes || code=$?
	[ $code = $(($1 ? 9 : 0)) ] || fail "metrics ends with $code: $(cat /run/notes)"
	called=$(($(now) - called))
	cat /run/notes >/dev/console
	grep -qx "scsi_lifecycle_hanging_reads $1" /run/metrics || fail "the metrics do not say $1: $(cat /run/metrics)"
	[ -z "$2" ] || grep -q "$2" /run/notes || fail "it does not say $2: $(cat /run/notes)"
}

guard() {
	plant
	calls 1 "did not end within 500 ms; process [0-9]* is left in it"
	first=$called
	for each in 1 2 3; do
		calls 1 "process [0-9]* of an earlier call hangs in it"
		[ "$(left)" = 1 ] || fail "$(left) processes are left"
	done
	flaky unblock "$(lun 0)"
	wait_for 20 none_left || fail "the process stays"
	calls 0 ''
	note "one process is left by 4 calls, which took $first and $called ms; none once the file answers"
}
