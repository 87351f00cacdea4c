# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What a scenario says in the guest. Times are milliseconds since boot.
#
# A scenario sets DESCRIPTION and PATHS (docs/hang-paths), and defines
#   prepare()  brings the machine to the bad state and spawns the victim
#   stock()    asserts what a kernel without this project does
#   guard()    asserts what happens with scsi_lifecycle.ko
#   livepatch() and, where it differs, with scsi_lifecycle_livepatch.ko on top
#   upstream() and, where it can, on a kernel with the series of upstream/, without the module, and with a
#              teardown_tmo of UPSTREAM_TMO, or else 2
# Each has a machine of its own, which goes on where one that had booted was saved (scripts/vm-saved), but boots anew
# where there are WORDS. In the guard's machine the module is loaded before prepare(), with
# teardown_tmo=2, unless LATE=1: then guard() loads it itself. GUARD_ONLY="reason" leaves the stock one out,
# LIVEPATCH_ONLY="reason" the guard's too, ALONE=1 lets no other machine run beside it, WORDS is more for the
# kernel's command line, EACH_KERNEL=1 runs it on each also where kernels take turns, TIMEOUT=N gives it so many
# seconds, USER_SPACE=debian boots Debian's with its udevd instead of busybox alone. COMMAND=1 puts the command
# scsi-lifecycle into the guest. HOTPLUG=1 lets it speak to the monitor of its own machine, which has other devices
# (tests/guest/hotplug.sh). REQUIRES lists modules, and files where a word has a slash; one that is missing skips the
# scenario, which fails check-vm on a kernel that SKIPS does not name.
# EXPECTED is a pattern of what the log may have that would fail the run.

CONTROL=/sys/kernel/debug/scsi_flaky/control
GUARD=/sys/kernel/debug/scsi_lifecycle
TRACE=/sys/kernel/tracing
RUN=/run/spawned
NOTE=
LLD=scsi_debug

# ---- results: the first one ends the machine, also where processes hang in it

# scripts/vm-result reads that lockdep, where the kernel has it, is still on.
tell_lockdep() { [ ! -e /proc/lockdep_stats ] || grep debug_locks: /proc/lockdep_stats >/dev/console; }

# The port is qemu's isa-debug-exit: reboot(2) would wait for the disks that this is about. It is opened
# here because a kernel that is locked down later refuses to.
(: 6<>/dev/port) 2>/dev/null && exec 6<>/dev/port

end_machine() {
	tell_lockdep
	printf '%s\n' "$*" >/dev/ttyS1
	printf '\52' | dd bs=1 seek=1281 2>/dev/null >&6
	while :; do sleep 1; done
}

pass() {
	# What a function that was spawned said is in a file.
	if grep -h ': not found$' "$RUN"/*/output >/dev/console 2>/dev/null; then fail "a word is not known"; fi
	leaves_no_memory
	end_machine "PASS $NOTE"
}

# What was reported of this project's modules; one that is unloaded has no name there any more. A class that cannot be
# registered leaves its name behind, which is the kernel's (__class_register() in drivers/base/class.c, before v6.4).
memory_left() {
	awk '
		function tell() { if (ours && !theirs) printf "%s", report; report = before = ""; ours = theirs = 0 }
		/^unreferenced object/ { tell() }
		/\[scsi_lifecycle|\] 0xffffffff[0-9a-f]+$/ { ours = 1 }
		/ __class_register\+/ && before ~ / kobject_set_name\+/ { theirs = 1 }
		{ report = report $0 "\n"; before = $0 }
		END { tell() }' /sys/kernel/debug/kmemleak
}

# Where the kernel looks for memory that nothing refers to any more. It speaks of nothing that is younger than 5 s, and
# may take what it meets for the first time for lost: what it says again is.
leaves_no_memory() {
	[ -e /sys/kernel/debug/kmemleak ] || return 0
	sleep 6
	write scan /sys/kernel/debug/kmemleak
	write scan /sys/kernel/debug/kmemleak
	memory_left >/run/left
	[ -s /run/left ] || return 0
	cat /run/left >/dev/console
	fail "memory was left behind"
}

skip() { end_machine "SKIP $*"; }

fail() {
	{
		echo "FAIL $*"
		for spawned in "$RUN"/*; do
			[ -e "$spawned/pid" ] || continue
			echo "-- ${spawned##*/}: $(cat "$spawned/status" 2>/dev/null || echo running)"
			stack_of "${spawned##*/}"
			cat "$spawned/output"
		done
		[ ! -e "$GUARD"/devices ] || cat "$GUARD"/devices "$GUARD"/counters
	} 2>&1 | cat >/dev/console
	end_machine "FAIL $*"
}

# The text of this run's line when it passes.
note() { NOTE=$*; }

# rebooting SECONDS [MS [WORDS]]: the machine must be gone so soon, but not before MS, and have said WORDS, or
# the run fails. Nothing but the reboot and wait_forever may follow.
rebooting() { tell_lockdep; printf 'REBOOTING %s\n' "$*" >/dev/ttyS1; }
wait_forever() { while :; do sleep 1; done; }

# ---- time

now() {
	read -r up _ </proc/uptime
	echo $((${up%.*} * 1000 + 1${up#*.}0 - 1000))
}

# The finest clock that a shell has, the kernel's own, in the header of its timer list: microseconds.
micros() { awk '/^now at/ { print int($3 / 1000); exit }' /proc/timer_list; }

# wait_for SECONDS COMMAND...: polls until the command is true
wait_for() {
	wait_end=$(($(now) + $1 * 1000))
	shift
	until "$@"; do
		[ "$(now)" -lt $wait_end ] || return 1
		sleep 0.05
	done
}

# ---- modules

# module NAME PARAMETERS...: the project's own modules lie beside this file
module() {
	module_name=$1
	shift
	[ -e "/modules/$module_name.ko" ] || fail "$module_name.ko is not in the guest"
	insmod "/modules/$module_name.ko" "$@" || fail "insmod $module_name $* failed"
}

load_flaky() { modprobe scsi_mod && module scsi_flaky; }
load_guard() { modprobe scsi_mod && module scsi_lifecycle "$@"; }

LIVEPATCH=/sys/kernel/livepatch/scsi_lifecycle_livepatch

load_livepatch() {
	module scsi_lifecycle_livepatch
	wait_for 60 patched || fail "the livepatch does not take effect"
}

unload_livepatch() {
	write 0 $LIVEPATCH/enabled
	wait_for 60 unpatched || fail "the livepatch cannot be disabled"
	rmmod scsi_lifecycle_livepatch || fail "the livepatch cannot be unloaded"
}

unpatched() { [ ! -e $LIVEPATCH ]; }
patched() { [ "$(cat $LIVEPATCH/enabled $LIVEPATCH/transition | tr -d '\n')" = 10 ]; }

# The LLD of the host, LUNs and disks that the scenario names.
LLD=scsi_debug

load_debug() {
	modprobe sd_mod || fail "modprobe sd_mod failed"
	modprobe sg || fail "modprobe sg failed"
	modprobe scsi_debug "$@" || fail "modprobe scsi_debug $* failed"
	disks_wanted=1
	for factor in max_luns num_tgts add_host; do
		disks_wanted=$((disks_wanted * $(cat /sys/module/scsi_debug/parameters/$factor)))
	done
	wait_for_disks
}

ORDERS=/sys/module/scsi_stubborn/parameters

load_stubborn() {
	LLD=scsi_stubborn
	modprobe sd_mod || fail "modprobe sd_mod failed"
	module scsi_stubborn "$@"
	disks_wanted=$(($(told luns) * $(told hosts)))
	wait_for_disks
}

# order NAME VALUE: also while it is being unloaded
order() { echo "$2" >"$ORDERS/$1" || fail "scsi_stubborn refused: $1 $2"; }
told() { cat "$ORDERS/$1"; }
tells() { [ "$(told "$1")" = "$2" ]; }

# The two disks of the emulator's adapter, LUN 0 and 1, by the driver of real machines. It keeps no commands
# for itself. scsi_debug of newer kernels does (queue_reserved_command), and the device that its host has for
# them shares the host's tags, so that no removal leaves a single queue.
load_virtio() {
	for each in sd_mod sg virtio_pci virtio_scsi; do
		modprobe $each || fail "modprobe $each failed"
	done
	LLD=virtio_scsi
	disks_wanted=2
	wait_for_disks
}

# The same, by the driver's own unplug. To be spawned.
unplug_virtio() {
	cd /sys/bus/virtio/drivers/virtio_scsi || return
	echo virtio* >unbind
}

# From now on, or with "no" no more, scsi_debug swallows the commands that it gets, or takes none at all.
swallow() { inject "${1-yes}" 4; }
be_busy() { inject "${1-yes}" 0x8000; }
inject() {
	if [ "$1" = no ]; then set -- 0 0; else set -- 1 "$2"; fi
	write "$2" /sys/bus/pseudo/drivers/scsi_debug/opts
	write "$1" /sys/bus/pseudo/drivers/scsi_debug/every_nth
}

# load_bare_debug LUNS SECONDS: scsi_debug without a driver for its LUNs, and so without disks
load_bare_debug() {
	bare_luns=$1
	modprobe scsi_debug no_uld=1 max_luns="$bare_luns" || fail "modprobe scsi_debug failed"
	wait_for "$2" bare_luns_there || fail "scsi_debug did not bring up $bare_luns LUNs"
}

bare_luns_there() {
	set -- /sys/class/scsi_device/*:*
	[ -e "$1" ] && [ $# -eq "$bare_luns" ]
}

# A disk's node comes before its driver is done with it: a rescan waits for that, by the device's lock.
wait_for_disks() {
	wait_for 60 disks_ready || fail "$LLD did not bring up $disks_wanted disks"
	for disks_each in /sys/class/scsi_device/*/device/rescan; do
		write 1 "$disks_each"
	done
}

disks_ready() {
	set -- /dev/sd*[a-z]
	[ -e "$1" ] && [ $# -ge "$disks_wanted" ]
}

# debug_disks [N [PARAMETERS...]], stubborn_disks [N [PARAMETERS...]], virtio_disks: N disks (default 1) of the LLD,
# whose path scsi_flaky can block
debug_disks() {
	disks_number=${1:-1}
	[ $# = 0 ] || shift
	load_debug "max_luns=$disks_number" "$@"
	load_flaky
}

stubborn_disks() {
	disks_number=${1:-1}
	[ $# = 0 ] || shift
	load_stubborn "luns=$disks_number" "$@"
	load_flaky
}

virtio_disks() {
	load_virtio
	load_flaky
}

# ---- devices

# debug_host [N]: the number of the LLD's first or N-th host
debug_host() {
	grep -lx "$LLD" /sys/class/scsi_host/host*/proc_name |
		sed 's,.*/host\([0-9]*\)/.*,\1,' | sort -n | sed -n "${1:-1}p"
}

# lun N [TARGET [HOST]]: H:C:T:L. The address does not depend on the device being there.
lun() { echo "$(debug_host "${3:-1}"):0:${2:-0}:$1"; }
target_of() { echo "${1%:*}"; }
device() { echo "/sys/class/scsi_device/$(lun "$@")/device"; }
disk() { ls "$(device "$@")/block"; }
state() { cat "$(device "$@")/state" 2>/dev/null || echo gone; }
gone() { [ ! -e "$(device "$@")" ]; }
recovers() { [ "$(cat "/sys/class/scsi_host/host$(debug_host)/state")" = recovery ]; }
# Of scsi_stubborn: error handling of LUN 1 has begun, and waits for its transport until eh_waits is N.
recovery_waits() {
	order eh_works device
	order eh_waits Y
	order hold write
	write 1 "$(device 1)/timeout"
	spawn pending write_blocks "$(disk 1)"
	wait_for 20 tells device_resets 1 || fail "error handling has not begun"
}
recovery_ends() {
	order hold nothing
	order eh_waits N
	wait_for 10 ended pending || fail "the write to LUN 1 did not end with error handling"
	wait_for 10 ended delete || fail "the removal did not end with error handling"
}
flaky() { echo "$*" >"$CONTROL" || fail "scsi_flaky refused: $*"; }
# The same, whether or not there is such a device just now.
try() { echo "$*" >"$CONTROL" 2>/dev/null || :; }

# The transport of LUN 0's target has lost its path, or has it again.
block_target() { flaky block "$(target_of "$(lun 0)")"; }
unblock_target() { flaky unblock "$(target_of "$(lun 0)")"; }

# stop_lun N [TARGET [HOST]]: it is blocked and then set offline: its queue stays stopped until an unblock
stop_lun() {
	stopped=$(lun "$@")
	flaky block "$stopped"
	flaky offline "$stopped"
}

stop_luns() { for stop_each in "$@"; do stop_lun "$stop_each"; done; }

# The same of LUN 0, blocked by its target.
stop_target() {
	block_target
	flaky offline "$(lun 0)"
}

rescan() { write "- - -" "/sys/class/scsi_host/host$(debug_host)/scan"; }

# limit PARAMETER VALUE: of the guard, where there is one, or of the kernel with the series of upstream/
limit() {
	[ "${mode-}" != upstream ] || limit_upstream "$@"
	[ ! -e /sys/module/scsi_lifecycle ] || write "$2" "/sys/module/scsi_lifecycle/parameters/$1" ||
		fail "$1 does not take $2"
}

# A host takes the module's value when it is allocated.
limit_upstream() {
	limit_value=$2
	case $1 in
	teardown_tmo) set -- /sys/module/scsi_mod/parameters/teardown_tmo /sys/class/scsi_host/host*/teardown_tmo ;;
	reboot_tmo) set -- /sys/module/scsi_mod/parameters/shutdown_tmo ;;
	flush_tmo) set -- /sys/module/sd_mod/parameters/flush_tmo ;;
	*) fail "the series of upstream/ has no $1" ;;
	esac
	for limit_file; do
		[ ! -e "$limit_file" ] || write "$limit_value" "$limit_file" || fail "$limit_file does not take $limit_value"
	done
}

# expect_expired ADDRESS: the kernel with the series of upstream/ said, once, that the device's time was up
expect_expired() {
	wait_for 2 said "$1: blocked for [0-9]* s during its removal, failing its commands" || fail "the loss is not said"
	[ "$(dmesg | grep -c " $1: .*failing its commands")" = 1 ] || fail "not one message"
}

# node_of N [TARGET [HOST]]; hold N: by a process that is spawned as holderN
node_of() { echo "/dev/scsi_lifecycle/$(lun "$@")"; }

hold() {
	spawn "holder$1" node hold "$(node_of "$1")"
	wait_for 10 grep -q held "$RUN/holder$1/output" || fail "$1 is not held"
}

# To be spawned.
write() { echo "$1" >"$2"; }
delete() { write 1 "$(device "$@")/delete"; }
# Past the page cache: one command per block on its way to the device.
write_blocks() { dd if=/dev/zero of="/dev/$1" bs=4096 count="${2:-1}" oflag=direct 2>/dev/null; }

# dirty N...: these LUNs have something to flush
dirty() { for dirty_each in "$@"; do write_blocks "$(disk "$dirty_each")"; done; }

# park_write NAME N FUNCTION: a write to LUN N, spawned as NAME, waits in FUNCTION, and the LLD does not have it
park_write() {
	spawn "$1" write_blocks "$(disk "$2")"
	expect_wait "$1" "$3"
}

# hold_write NAME N: scsi_stubborn has a write to LUN N, spawned as NAME, and does not answer
hold_write() {
	order hold write
	spawn "$1" write_blocks "$(disk "$2")"
	wait_for 10 tells held 1 || fail "the LLD has no write"
}

# LUN 0 is being removed, and scsi_stubborn has its flush and does not answer.
delete_with_held_flush() {
	order hold flush
	spawn delete delete 0
	wait_for 10 tells held 1 || fail "no flush was sent"
}

# passthrough /dev/sgN: a TEST UNIT READY by sg's asynchronous interface; no process waits for it, and
# none has a disk open. struct sg_header of <scsi/sg.h>: two lengths, and all else 0.
passthrough() {
	{ printf '\052\0\0\0\044\0\0\0'; head -c 34 /dev/zero; } >/run/sg_command
	dd if=/run/sg_command of="$1" bs=42 2>/dev/null
}

# A TEST UNIT READY to LUN 0, which no driver has, waits in its stopped queue.
park_passthrough() {
	write "$(lun 0)" /sys/bus/scsi/drivers/sd/unbind
	flaky block "$(lun 0)"
	passthrough /dev/sg0 || fail "sg took no command"
	flaky offline "$(lun 0)"
}

# park_rescan NAME N: sysfs sets a stopped LUN running, spawned as NAME, and the rescan which that begins waits
park_rescan() {
	spawn "$1" write running "$(device "$2")/state"
	expect_wait "$1" blk_execute_rq
}

# Two disks of scsi_debug, whose host has one tag for both.
disks_with_one_tag() {
	debug_disks 2 max_queue=1
	for tag_each in 0 1; do
		write none "/sys/block/$(disk $tag_each)/queue/scheduler"
	done
}

# scsi_chatty's class interface, spawned as probe, waits for a stopped disk with the mutex of the class held.
hold_class_mutex() {
	spawn probe insmod /modules/scsi_chatty.ko
	expect_wait probe blk_execute_rq
}

# let_sd_stop N: sd sends START STOP UNIT after the flush. Kernels have one attribute for that, or two.
let_sd_stop() {
	for stop_each in manage_start_stop manage_system_start_stop; do
		write 1 "/sys/class/scsi_disk/$(lun "$1")/$stop_each" 2>/dev/null || :
	done
}

# ---- processes that may hang

# spawn NAME COMMAND...: in the background; a function runs in a process of its own
spawn() {
	spawn_dir=$RUN/$1
	shift
	rm -rf "$spawn_dir"
	mkdir -p "$spawn_dir"
	now >"$spawn_dir/start"
	(
		"$@" >"$spawn_dir/output" 2>&1 &
		echo $! >"$spawn_dir/pid"
		wait $! && status=0 || status=$?
		now >"$spawn_dir/end"
		echo "$status" >"$spawn_dir/status"
	) &
	wait_for 5 test -s "$spawn_dir/pid" || fail "could not spawn $*"
}

ended() { [ -s "$RUN/$1/status" ]; }
running() { ! ended "$1"; }
status_of() { cat "$RUN/$1/status"; }

# The spawned process and its children.
stack_of() {
	stack_pid=$(cat "$RUN/$1/pid")
	for stack_pid in $stack_pid $(cat "/proc/$stack_pid/task/$stack_pid/children" 2>/dev/null); do
		cat "/proc/$stack_pid/stack" 2>/dev/null
	done
}

waits_in() { stack_of "$1" | grep -q "[ .]$2[+.]"; }
waits_or_ended() { ended "$1" || waits_in "$1" "$2"; }

# expect_wait NAME FUNCTION: it comes to wait there
expect_wait() { wait_for 10 waits_in "$1" "$2" || fail "$1 does not wait in $2"; }

# expect_hang NAME FUNCTION SECONDS: waits in FUNCTION, or in what it calls, and is still there later
expect_hang() {
	wait_for 30 waits_or_ended "$1" "$2" || fail "$1 does not wait in $2"
	running "$1" || fail "$1 ended with $(status_of "$1") instead of waiting in $2"
	! wait_for "$3" ended "$1" || fail "$1 waited in $2, but ended within $3 s"
	wait_for 2 waits_in "$1" "$2" || fail "$1 left $2 within $3 s"
	stack_of "$1" >/dev/console
	note "hangs in $2"
}

# expect_end NAME SECONDS: ends within SECONDS of its start; took NAME says how long it took
expect_end() {
	expect_left=$((($(cat "$RUN/$1/start") + $2 * 1000 - $(now) + 999) / 1000))
	wait_for $expect_left ended "$1" || fail "$1 has not ended within $2 s"
	[ "$(took "$1")" -le $(($2 * 1000)) ] || fail "$1 took $(took "$1") ms, more than $2 s"
	note "ends in $(took "$1") ms"
	took "$1"
}

took() { echo $(($(cat "$RUN/$1/end") - $(cat "$RUN/$1/start"))); }

# ---- what the module and the kernel say

counter() { awk -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }' "$GUARD"/counters; }

# expect_counter NAME VALUE
expect_counter() {
	counter_value=$(counter "$1") || fail "there is no counter $1"
	[ "$counter_value" = "$2" ] || fail "$1 is $counter_value, not $2"
}

# Once all removals have ended, each has been counted with one flush result.
expect_accounts() {
	accounts=0
	for fate in completed failed killed none unknown; do accounts=$((accounts + $(counter flushes_$fate))); done
	expect_counter removals "$accounts"
}

said() { dmesg | grep -q "$1"; }
expect_message() { said "$1" || fail "the kernel did not say: $1"; }

# listen: from now on a line in /run/events for each change event of a device or host, after the word node for each of a
# device's node, and after the word host for each of a host's object in its class
listen() {
	: >/run/events
	# shellcheck disable=SC2016
	spawn listen uevent sh -c 'case $SUBSYSTEM$ACTION in
		scsichange) kind= ;;
		scsi_lifecyclechange) kind="node " ;;
		scsi_hostchange) kind="host " ;;
		*) exit ;;
	esac
	echo "$kind${DEVPATH##*/} $(env | grep ^SCSI_LIFECYCLE_ | sort | tr "\n" " ")" >>/run/events'
	wait_for 10 hears || fail "uevent does not hear"
}

hears() {
	write change "/sys/bus/scsi/devices/host$(debug_host)/uevent"
	heard "^host"
}

heard() { grep -q "$1" /run/events; }
expect_event() { wait_for 10 heard "$1" || fail "no event: $1; but: $(cat /run/events)"; }

# Events arrive in order: the host's event that is written here is the last.
events_end() {
	events_before=$(grep -c "^host[0-9]* \$" /run/events)
	write change "/sys/bus/scsi/devices/host$(debug_host)/uevent"
	wait_for 60 more_heard || fail "the events do not end"
}
more_heard() { [ "$(grep -c "^host[0-9]* \$" /run/events)" -gt "$events_before" ]; }

trace_on() {
	echo 1 >$TRACE/events/scsi/scsi_dispatch_cmd_start/enable || fail "no SCSI trace events"
}

flushes_sent() { grep -c 'cmnd=(SYNCHRONIZE_CACHE' $TRACE/trace; }
flush_under_way() { [ "$(flushes_sent)" -ge 1 ]; }

# keep_host_leaving: scsi_debug's host is being removed from now on, and is kept by LUN 0's flush, which is swallowed.
# To be had with trace_on.
keep_host_leaving() {
	swallow
	spawn remove write -1 /sys/bus/pseudo/drivers/scsi_debug/add_host
	wait_for 10 flush_under_way || fail "no flush was sent"
	swallow no
}

# cut_off ADDRESS: a blocked device has expired
cut_off() { grep -q "^$1 .*blocked=no" "$GUARD"/devices; }

# expect_lld_named N: the removal of LUN N waits for scsi_stubborn to take its flush, and that is said
expect_lld_named() {
	wait_for 20 said "its removal has waited [0-9]* ms for scsi_stubborn to take a command" ||
		fail "the log does not say what the removal waits for"
	grep -q "^$(lun "$1") state=cancel .*waits_for=lld " "$GUARD"/devices ||
		fail "not in devices: $(cat "$GUARD"/devices)"
}

commands_sent() { grep -c 'scsi_dispatch_cmd_start:' $TRACE/trace; }

# ---- chance, the same for the same seed

load_dice() {
	awk -v seed="$1" 'BEGIN { srand(seed); for (i = 0; i < 1000000; i++) print int(rand() * 1000000) }' >/run/dice &
	wait_for 10 test -s /run/dice
	exec 8</run/dice
}

# dice N: a number below N
dice() {
	read -r thrown <&8
	echo $((thrown % $1))
}

# use NAME: what tests/guest/NAME.sh can do; from within a function, as the host reads a scenario's settings
# shellcheck disable=SC1090
use() { . "/guest/$1.sh"; }

# ---- the run

require() {
	for needed in ${REQUIRES-}; do
		case $needed in
		*/*) [ -e "$needed" ] || skip "no $needed" ;;
		*) [ -e "/modules/$needed.ko" ] || modprobe -D "$needed" >/dev/null 2>&1 ||
			skip "no module $needed" ;;
		esac
	done
}

# run_scenario stock|guard|livepatch|upstream
run_scenario() {
	require
	[ "$1" != upstream ] || { modprobe scsi_mod && limit teardown_tmo "${UPSTREAM_TMO-2}"; }
	[ "$1" = stock ] || [ "$1" = upstream ] || [ -n "${LATE-}" ] || load_guard teardown_tmo=2
	[ "$1" != livepatch ] || load_livepatch
	prepare
	"$1"
	pass
}
