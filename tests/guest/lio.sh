# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# The kernel's own target (LIO), by whatever transport: disks with a write cache, and how many flushes it has carried
# out.

CORE=/sys/kernel/config/target/core
COUNT=$TRACE/instances/target

set_value() { echo "$1" >"$2" || fail "$2 refuses $1"; }

# load MODULE...
load() {
	for load_each in "$@"; do
		modprobe "$load_each" || fail "modprobe $load_each failed"
	done
}

# store N NAME: the target's N-th disk, of 8 MB, in $stored
store() {
	stored=$CORE/fileio_$1/$2
	mkdir -p "$stored" || fail "no store"
	set_value "fd_dev_name=/run/$2,fd_dev_size=8388608,fd_buffered_io=1" "$stored/control"
	set_value 1 "$stored/enable"
}

# store_on DISK N NAME: the same, on a disk of the target's machine
store_on() {
	load target_core_iblock
	stored=$CORE/iblock_$2/$3
	mkdir -p "$stored" || fail "no store"
	set_value "udev_path=/dev/$1" "$stored/control"
	set_value 1 "$stored/enable"
}

# count_flushes [BUFFER]: from now on target_flushes counts SYNCHRONIZE CACHE (10) and (16), that the target has
# answered.
count_flushes() {
	count_events=${1:-$COUNT}/events/target/target_cmd_complete
	mkdir -p "$COUNT" || fail "no trace instance"
	set_value 'opcode == 0x35 || opcode == 0x91' "$count_events/filter"
	set_value 1 "$count_events/enable"
}

target_flushes() { grep -c ' target_cmd_complete: .*SYNCHRONIZE_CACHE' "$COUNT/trace"; }
