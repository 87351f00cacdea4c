# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# Block and unblock of LUNs, by stock's own functions, and by the same calls with the livepatch: by turns, in one guest.
# rounds=N; luns=N,... of one target; targets=N: also that many targets, with luns_each=N.
TIMEOUT=7200

METER=/sys/kernel/debug/scsi_meter

# measure WHAT ROW VARIANT TIMES: the fastest of so many, in nanoseconds
measure() {
	write "$1 $4 1 $(lun 0)" $METER || fail "scsi_meter refused $1"
	read -r block unblock <$METER
	echo "SAMPLE block $2 $3 $block" >/dev/console
	echo "SAMPLE unblock $2 $3 $unblock" >/dev/console
}

turns() { # WHAT ROW
	for _ in $(seq "${rounds:-3}"); do
		measure "$1" "$2" stock 2
		load_livepatch
		measure "$1" "$2" livepatch 2
		unload_livepatch
	done
}

dmesg -n 1
modprobe scsi_mod
# Stock must not profit from the grace periods that the removal before is given.
load_guard expedite=N
module scsi_meter
for each in $(echo "${luns-1,16}" | tr , ' '); do
	# No disks: a target is blocked whether or not a disk uses it.
	load_bare_debug "$each" 1200
	turns block_unblock "$each"
	rmmod scsi_debug
done
if [ "${targets-}" ]; then
	bare_luns=$((targets * ${luns_each-4}))
	modprobe scsi_debug no_uld=1 num_tgts="$targets" max_luns="${luns_each-4}" || fail "modprobe scsi_debug failed"
	wait_for 1200 bare_luns_there || fail "not all LUNs came"
	turns block_unblock_all "${targets}x${luns_each-4}"
fi
pass
