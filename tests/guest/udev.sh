# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What a scenario asks of the guest's udevd, which runs with all the rules of its distribution.

# settle [SECONDS]: udevd has nothing left to do
settle() { udevadm settle -t "${1:-60}" || fail "udevd is still busy: $(workers)"; }

# Each process of udevd that is at work, with its state and where it waits.
workers() {
	for worker in /proc/[0-9]*; do
		case $(cat "$worker/comm" 2>/dev/null) in
		*udev-worker*)
			echo "${worker#/proc/} $(sed -n 's/^State:.//p' "$worker/status")" \
				"$(head -n 4 "$worker/stack" | tr '\n' ' ')" ;;
		esac
	done 2>/dev/null
}

# holders NAME...: the processes that have one of these disks open
holders() {
	for held in "$@"; do
		find /proc/[0-9]*/fd -lname "/dev/$held" 2>/dev/null
	done
}

# A worker that is stuck in open(2) has no file yet, but it waits in D.
expect_no_holder() {
	found=$(holders "$@")
	[ -z "$found" ] || fail "$* held by $found: $(workers)"
	! workers | grep -q '^[0-9]* D' || fail "a worker of udevd hangs: $(workers)"
}

# From now on block_and_see and unblock_and_see wait until the module has seen these LUNs blocked or unblocked, and
# until udevd has handled its events. Without the module they do not wait.
watch() {
	watched=$*
	[ -e "$GUARD" ] || return 0
	for watch_each in $watched; do
		spawn "reader$watch_each" node read "$(node_of "$watch_each")"
		wait_for 10 grep -q born "$RUN/reader$watch_each/output" || fail "no node of $watch_each tells"
	done
}

# watched_disks N: of scsi_debug, each of which is watched
watched_disks() {
	debug_disks "$1"
	settle 60
	# shellcheck disable=SC2046
	watch $(seq 0 $(($1 - 1)))
}

all_seen() {
	[ -e "$GUARD" ] || return 0
	for seen_each in $watched; do
		tail -n 1 "$RUN/reader$seen_each/output" | grep -q " to=$1 " || return 1
	done
}

block_and_see() {
	flaky block "$1"
	wait_for 10 all_seen running+blocked || fail "the module does not see the block"
	udevadm settle -t 5 || :
}

unblock_and_see() {
	flaky unblock "$1"
	wait_for 10 all_seen running || fail "the module does not see the unblock"
}

# From now on each event of the kernel's and of udevd's is a line in $MONITOR: SOURCE[TIME] ACTION DEVPATH (SUBSYSTEM)
MONITOR=$RUN/monitor/output
monitor() {
	spawn monitor stdbuf -oL udevadm monitor --kernel --udev
	fences=0
	wait_for 20 fence_stands || fail "udevadm monitor hears nothing"
}

# An event that means nothing, and comes after all events before it.
fence() {
	fences=$(fences_heard)
	write change /sys/class/mem/null/uevent
	wait_for 20 fence_heard || fail "udevadm monitor hears no more"
}
fence_stands() { write change /sys/class/mem/null/uevent; fence_heard; }
fences_heard() { grep -c '^UDEV.*/mem/null' "$MONITOR"; }
fence_heard() { [ "$(fences_heard)" -gt "$fences" ]; }

# changes WORD: the change events of a subsystem since monitor
changes() { grep -E "^(KERNEL|UDEV).* change .*\($1\)" "$MONITOR"; }
