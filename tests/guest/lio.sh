# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# The kernel's own target (LIO), by whatever transport: disks with a write cache, and how many flushes it has carried
# out.

CORE=/sys/kernel/config/target/core
COUNT=$TRACE/instances/target

set_value() { echo "$1" >"$2" || fail "$2 refuses $1"; }

# nft fails where two of it run at once.
rules() { wait_for 10 nft "$@" || fail "nft does not $*"; }

# Each LUN of the initiator's host.
all_blocked() { ! cat "/sys/class/scsi_device/$(debug_host):"*/device/state | grep -qvx blocked; }
expect_all_blocked() { wait_for 10 all_blocked || fail "not every LUN is blocked"; }

# load MODULE...
load() {
	for load_each in "$@"; do
		modprobe "$load_each" || fail "modprobe $load_each failed"
	done
}

# make_store DIRECTORY CONTROL: one of the target's disks, in $stored. Its identity comes from its name.
make_store() {
	stored=$1
	mkdir -p "$stored" || fail "no store"
	set_value "$2" "$stored/control"
	set_value 1 "$stored/enable"
	set_value "$(printf '%s' "$stored" | md5sum | cut -c 1-32)" "$stored/wwn/vpd_unit_serial"
}

# store N NAME: the target's N-th disk, of 8 MB
store() { make_store "$CORE/fileio_$1/$2" "fd_dev_name=/run/$2,fd_dev_size=8388608,fd_buffered_io=1"; }

# store_on DISK N NAME: the same, on a disk of the target's machine
store_on() {
	load target_core_iblock
	make_store "$CORE/iblock_$2/$3" "udev_path=/dev/$1"
}

# count_flushes [BUFFER]: from now on each answer to a SYNCHRONIZE CACHE (10) and (16) is in the trace, and
# target_flushes counts those that are GOOD.
count_flushes() {
	count_events=${1:-$COUNT}/events/target/target_cmd_complete
	mkdir -p "$COUNT" || fail "no trace instance"
	set_value 'opcode == 0x35 || opcode == 0x91' "$count_events/filter"
	set_value 1 "$count_events/enable"
}

target_flushes() { grep -c ' target_cmd_complete: .*status GOOD .*SYNCHRONIZE_CACHE' "$COUNT/trace"; }
