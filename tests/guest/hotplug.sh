# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# Devices that the machine's own monitor plugs and unplugs, in a scenario with HOTPLUG=1. Its disks hot0 and hot1
# have a write cache; "hot" is a virtio-scsi adapter, without disks at first, "usb" a USB controller, and "medium"
# a medium that cannot be written.

MONITOR_LINE=/dev/ttyS3
QUESTIONS=/run/monitor.questions
ANSWERS=/run/monitor.answers

# ---- the monitor, by QMP

# The line may have sent the monitor's greeting back before it was set: 0xff ends what the monitor then waits for, and
# each answer has the number of its question.
monitor_up() {
	: >$ANSWERS
	: >$QUESTIONS
	stty -F $MONITOR_LINE raw -echo || fail "no line to the monitor"
	cat $MONITOR_LINE >>$ANSWERS &
	printf '\377\n' >$MONITOR_LINE
	ask '"execute":"qmp_capabilities"' | grep -q '^{"return"' || fail "the monitor takes no orders: $(cat $ANSWERS)"
}

answer() { grep "^{.*\"id\": $asked}" $ANSWERS; }

# ask JSON: prints the answer
ask() {
	asked=$(wc -l <$QUESTIONS)
	echo "{\"id\":$asked,$1}" | tee -a $QUESTIONS >$MONITOR_LINE
	wait_for 20 answer >/dev/null || fail "the monitor does not answer: $1"
	answer | tr -d '\r'
}

# monitor COMMAND: prints what the monitor says to that
monitor() {
	monitor_said=$(ask "\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"$*\"}")
	case $monitor_said in
	*Error:* | '{"error"'*) fail "the monitor refuses $*: $monitor_said" ;;
	esac
	echo "$monitor_said"
}

# plug ID DRIVER[,OPTIONS]
plug() { monitor device_add "$2,id=$1" >/dev/null; }

# unplug ID: asked for. A LUN or a USB device is gone then; an adapter is when the guest has let go of it.
unplug() {
	unplug_before=$(deletions "$1")
	monitor device_del "$1" >/dev/null
}
deletions() { grep -c "\"DEVICE_DELETED\".*\"device\": \"$1\"" $ANSWERS; }
unplugged() { [ "$(deletions "$1")" -gt "$unplug_before" ]; }

# ---- what the devices have seen

# The logs of the disks, which are disks of their own: their names begin with vd.
device_logs() { grep -l '^hot[01]$' /sys/block/vd*/serial | sed 's,/sys/block/\(.*\)/serial,/dev/\1,'; }

# shellcheck disable=SC2046
logged_flushes() { python3 /guest/device_log.py $(device_logs) || fail "the logs cannot be read"; }

# From now on the flushes are counted. qemu passes one on only where something was written since the last.
count_flushes() { flushes_before=$(logged_flushes); }
target_flushes() { echo $(($(logged_flushes) - flushes_before)); }

# ---- devices

# hot_luns N: so many disks at the virtio-scsi adapter, by the driver of real machines
hot_luns() {
	LLD=virtio_scsi
	monitor_up
	for hot_each in $(seq 0 $(($1 - 1))); do
		plug "disk$hot_each" "scsi-hd,bus=hot.0,scsi-id=0,lun=$hot_each,drive=hot$hot_each"
	done
	for hot_each in sd_mod sg virtio_scsi; do
		modprobe $hot_each || fail "modprobe $hot_each failed"
	done
	disks_wanted=$1
	wait_for_disks
	settle
	count_flushes
}

# From now on a process that is spawned as NAME waits until LUN N has left sysfs, which is when its driver has let go of
# it. What deletes it is a worker of the kernel's.
expect_removal() {
	spawn "$1" dir_goes "$(readlink -f "$(device "$2")")"
}
dir_goes() { while [ -e "$1" ]; do sleep 0.05; done; }

# Where the kernel's own threads wait that wait for something which is to end soon, as for a command.
kernel_waits() {
	awk '$3 == "D" && $4 == 2 { print "/proc/" $1 "/stack" }' /proc/[0-9]*/stat 2>/dev/null | xargs cat 2>/dev/null
}
kernel_waits_in() { kernel_waits | grep -q "[ .]$1[+.]"; }
expect_kernel_wait() { wait_for 10 kernel_waits_in "$1" || fail "no thread of the kernel waits in $1: $(kernel_waits)"; }

there() { [ -e "$(device "$@")/block" ]; }

# written N...: these LUNs have something to flush, and udevd has looked at them after that
written() {
	dirty "$@"
	settle
}

# To be spawned.
adapter_goes() {
	unplug hot
	until unplugged hot; do sleep 0.05; done
}

# To be spawned: writes past the page cache until the disk DISK refuses, or is no more.
write_on() {
	while [ -b "/dev/$1" ] || { echo "no such device"; false; }; do
		dd if=/dev/zero of="/dev/$1" bs=4096 oflag=direct count=2000 || return
	done
}
# Of one that was spawned so: it writes, and was told that its disk is no more, which has no space either then.
has_written() { grep -q 'records out' "$RUN/$1/output"; }
was_told() { grep -qi 'input/output error\|no such device\|no space left' "$RUN/$1/output"; }

# How much the module has said of devices.
device_messages() { dmesg | grep -c ' [0-9:]*: scsi_lifecycle: '; }

# The number of the host that the driver LLD has, also where that gives its hosts no name.
debug_host() {
	for host_each in /sys/class/scsi_host/host*; do
		case $(readlink "$host_each/device/../driver") in
		*/"$LLD") echo "${host_each##*/host}" ;;
		esac
	done
}

# plug_usb usb-storage|uas, unplug_usb: its disk is LUN 0 of the LLD's only host
plug_usb() {
	LLD=$1
	if [ "$1" = usb-storage ]; then
		plug usb-storage usb-storage,bus=usb.0,drive=hot0
	else
		plug uas usb-uas,bus=usb.0
		plug uas0 scsi-hd,bus=uas.0,scsi-id=0,lun=0,drive=hot1
		monitor qom-set /machine/peripheral/uas attached on >/dev/null
	fi
}

usb_disk() {
	plug_usb "$1"
	wait_for 30 there 0 || fail "$LLD has no disk"
	write 1 "$(device 0)/rescan"
	settle
}
