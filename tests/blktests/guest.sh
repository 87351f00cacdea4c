# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# Runs tests of blktests, which is not part of this project, in the guest of scripts/blktests: TESTS, with a comma
# between them, on the kernel as it is (WITH=stock), with the module and its defaults (guard), and with both
# (livepatch). What each says goes to the host as it is said. A test that has not ended in LIMIT seconds ends the
# machine.
USER_SPACE=blktests

SUITE=/blktests

tell() { printf '%s\n' "$*" >/dev/ttyS2; }

# The suite's own machine: its kernel's configuration, and control groups.
machine_up() {
	mkdir -p $SUITE /boot /sys/fs/cgroup
	tar -x -f /put/blktests.tar -C $SUITE || fail "the suite cannot be unpacked"
	cp /put/config-* /boot/
	mount -t cgroup2 none /sys/fs/cgroup || fail "no control groups"
	write 0 /proc/sys/kernel/panic_on_oops
	ln -s /proc/self/fd /dev/fd
	export PATH=/usr/sbin:/usr/bin:/busybox
}

# What udevd would start for each disk that comes, and no test of this machine asks for, takes an emulator long.
udevd_starts_less() {
	mkdir -p /etc/udev/rules.d
	for less_each in 55-scsi-sg3_id 58-scsi-sg3_symlink 60-multipath 64-btrfs 64-md-raid-assembly 68-del-part-nodes 69-lvm; do
		ln -s /dev/null "/etc/udev/rules.d/$less_each.rules" || fail "no rule $less_each"
	done
	udevadm control --reload || fail "udevd does not reload"
}

# A disk with a write cache, at the end of a real transport, for the tests that want one.
lun_store() {
	make_store "$CORE/fileio_$1/disk$1" "fd_dev_name=/run/disk$1,fd_dev_size=67108864,fd_buffered_io=1"
	set_value 1 "$stored/attrib/emulate_tpu"
}
disk_up() {
	use udev
	use iscsi
	iscsi_disks 1 120
	TEST_DEVS=/dev/$(disk 0)
	export TEST_DEVS
}

# The network on which the SRP tests make their RDMA devices. They want the target to themselves.
network_up() {
	modprobe veth || fail "no veth"
	/usr/bin/ip link add wire0 type veth peer name wire1 || fail "no veth devices"
	for up_each in 0 1; do
		ip link set wire$up_each up || fail "wire$up_each does not come up"
		ip addr add 10.7.$up_each.1/24 dev wire$up_each || fail "no address"
	done
	export USE_RXE=1
}

run_test() {
	cd $SUITE || return
	TIMEOUT=$PART THROTL_BLKDEV_TYPES=sdebug LOGGER_PROG=true ./check "$1" 2>&1
}

# How many flushes the module takes for lost or failed.
losses() {
	[ -e "$GUARD" ] || { echo 0; return; }
	echo $(($(counter flushes_killed) + $(counter flushes_failed)))
}

machine_up
case $WITH in
stock) ;;
guard) load_guard ;;
livepatch) load_guard; load_livepatch ;;
*) fail "WITH is stock, guard or livepatch, not '$WITH'" ;;
esac
case $TESTS in
srp/*) network_up ;;
*) udevd_starts_less; disk_up ;;
esac
for each in $(echo "$TESTS" | tr , ' '); do
	tell "== begin $each"
	before=$(losses)
	spawn test run_test "$each"
	if ! wait_for "$LIMIT" ended test; then
		cat "$RUN"/test/output >/dev/ttyS2
		for task in /proc/[0-9]*; do
			if grep -q '^State:.D' "$task/status" 2>/dev/null; then
				echo "-- $(cat "$task/comm")"
				cat "$task/stack"
			fi
		done >/dev/console 2>&1
		tell "== hangs $each"
		pass
	fi
	cat "$RUN"/test/output >/dev/ttyS2
	find $SUITE/results -name '*.out.bad' -o -name '*.dmesg' 2>/dev/null | while read -r file; do
		echo "-- $each: $file"
		cat "$file"
	done >/dev/console
	rm -rf $SUITE/results
	tell "== end $each $(took test) $(($(losses) - before))"
done
tell "== done"
pass
