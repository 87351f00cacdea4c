# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A target's disk that can fail, or keep what it is asked for: a device-mapper device on a file. To be used after
# iscsi.sh, and before its target is up.

lun_store() { store_on "mapper/store$1" "$1" "$STORE$1"; }

# stores_up LUNS
stores_up() {
	for up_each in dm_mod dm_flakey loop target_core_iblock; do
		modprobe $up_each || fail "modprobe $up_each failed"
	done
	for up_each in $(seq 0 $(($1 - 1))); do
		dd if=/dev/zero of="/run/store$up_each" bs=1M count=8 2>/dev/null
		up_loop=$(/usr/sbin/losetup -f --show "/run/store$up_each") || fail "no loop device"
		dmsetup create "store$up_each" --table "0 16384 linear $up_loop 0" || fail "no store $up_each"
	done
}

# store_fails N: from now on it answers each write and flush with an error. (The target "error" of device-mapper takes
# no flush, so that one of those succeeds.)
store_fails() {
	store_loop=$(dmsetup table "store$1" | cut -d ' ' -f 4)
	dmsetup reload "store$1" --table "0 16384 flakey $store_loop 0 0 1 1 error_writes" ||
		fail "the store of LUN $1 does not fail"
	store_keeps "$1"
	store_answers "$1"
}

# store_keeps N, store_answers N: it keeps what it is asked for, and answers that later
store_keeps() { dmsetup suspend --noflush --nolockfs "store$1" || fail "the store of LUN $1 does not stop"; }
store_answers() { dmsetup resume "store$1" || fail "the store of LUN $1 does not go on"; }
