# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="usb-storage and uas: a disk is pulled while it is written, and while a filesystem has dirty pages, and comes back"
PATHS=
REQUIRES="usb-storage uas ext4"
USER_SPACE=debian
HOTPLUG=1
TIMEOUT=400

prepare() {
	use udev
	use hotplug
	use row
	monitor_up
	count_flushes
	for driver in usb-storage uas; do
		usb_disk $driver
		pull_writer
		usb_disk $driver
		pull_filesystem
	done
	usb_disk uas
	written 0
	row_begins
	delete 0
	row_saw 1
}

pull_writer() {
	spawn "writer-$driver" write_on "$(disk 0)"
	wait_for 20 has_written "writer-$driver" || fail "nothing is written"
	seen=$(target_flushes)
	pull "$driver-writing"
	[ "$(target_flushes)" = "$seen" ] || fail "a disk that is gone saw a flush"
	wait_for 20 ended "writer-$driver" || fail "the writer does not end"
	was_told "writer-$driver" || fail "the writer is not told: $(cat "$RUN/writer-$driver/output")"
}

pull_filesystem() {
	mkdir -p /mnt
	mkfs.ext4 -q "/dev/$(disk 0)" || fail "no filesystem"
	mount -t ext4 "/dev/$(disk 0)" /mnt || fail "the filesystem cannot be mounted"
	settle
	head -c 1048576 /dev/zero >/mnt/file || fail "the file is not written"
	pull "$driver-mounted"
	seen=$(target_flushes)
	umount /mnt || fail "the filesystem cannot be unmounted"
	[ "$(target_flushes)" = "$seen" ] || fail "a disk that is gone saw a flush"
}

pull() {
	expect_removal "$1" 0
	unplug "$driver"
	expect_end "$1" 10
}

# The filesystem's own flushes are not counted: how many there are depends on its time. What is, is the one of the disk
# that came back and was deleted.
stock() {
	row usb-storage-writing usb-storage-mounted uas-writing uas-mounted
}

guard() {
	stock
	expect_counter flushes_failed 4
	expect_counter flushes_completed 1
	expect_accounts
	[ "$(device_messages)" = 4 ] || fail "not each loss is said once, and nothing else"
}

livepatch() { guard; }
