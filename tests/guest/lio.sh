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

# store N NAME: a disk of 8 MB, its N-th, in $CORE/fileio_N/NAME
store() {
	mkdir -p "$CORE/fileio_$1/$2" || fail "no store"
	set_value "fd_dev_name=/run/$2,fd_dev_size=8388608,fd_buffered_io=1" "$CORE/fileio_$1/$2/control"
	set_value 1 "$CORE/fileio_$1/$2/enable"
}

# From now on target_flushes counts SYNCHRONIZE CACHE (10) and (16), that the target has answered.
count_flushes() {
	mkdir -p "$COUNT" || fail "no trace instance"
	set_value 'opcode == 0x35 || opcode == 0x91' "$COUNT/events/target/target_cmd_complete/filter"
	set_value 1 "$COUNT/events/target/target_cmd_complete/enable"
}

target_flushes() { grep -c ' target_cmd_complete: .*SYNCHRONIZE_CACHE' "$COUNT/trace"; }
