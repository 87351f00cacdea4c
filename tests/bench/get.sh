# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A hundred pairs of get and put: scsi_device_get() and scsi_device_put() of stock, and this project's. By turns.
# rounds=N; by one thread, and by two at once, of the same device.

METER=/sys/kernel/debug/scsi_meter

measure() { # WHAT THREADS VARIANT
	write "$1 300 $2 $(lun 0)" $METER || fail "scsi_meter refused $1"
	echo "SAMPLE get $2 $3 $(cat $METER)" >/dev/console
}

dmesg -n 1
modprobe scsi_mod
load_guard
module scsi_meter
load_bare_debug 1 60
for _ in $(seq "${rounds:-5}"); do
	for each in 1 2; do
		measure stock_get "$each" stock
		measure get "$each" guard
	done
done
pass
