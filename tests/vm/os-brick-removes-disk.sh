# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="os-brick, which removes disks for nova and cinder, hangs in its tee, or hears of no lost flush; with the command in the place of tee it returns in time, and hears of it"
PATHS="P1"
REQUIRES="scsi_flaky"
USER_SPACE=debian
COMMAND=1
TIMEOUT=600

# Each disk has a host of its own. The path of the first two is down.
prepare() {
	use udev
	debug_disks 1 add_host=3
	settle
	first=$(disk 0) second=$(disk 0 0 2) third=$(disk 0 0 3)
	stop_lun 0
	stop_lun 0 0 2
}

# brick STEP...: of tests/guest/volume.py, within the time that a slow machine needs for its Python
brick() {
	# Without busybox, whose tee would be found first.
	spawn brick env -i PATH=/usr/sbin:/usr/bin python3 /guest/volume.py "$@"
	wait_for 400 ended brick || fail "os-brick does not return"
	cat "$OUTPUT" >/dev/console
}

OUTPUT=/run/spawned/brick/output

tells() { grep -q "$1" "$OUTPUT" || fail "os-brick does not tell: $1"; }

# within STEP SECONDS
within() {
	within_ms=$(awk -v step="$1" '$1 " " $2 == step { print $3 }' "$OUTPUT")
	[ "$within_ms" -le $(($2 * 1000)) ] || fail "$1 took $within_ms ms"
	echo "$within_ms"
}

tee_hangs() {
	for tee_each in $(pidof tee); do
		! grep -q ' blk_execute_rq' "/proc/$tee_each/stack" || return 0
	done
	return 1
}

# os-brick's own wait sees the node alone, and that goes before the flush.
stock() {
	brick "begins:$first" "waits:$first" "command:$second" "ends:$first"
	tells "^waits $first [0-9]* removed"
	[ -n "$(find /sys/devices -type d -name "$(lun 0)")" ] || fail "the device is gone"
	tells "^command $second [0-9]* code 3: $second .*still there"
	tells "^ends $first [0-9]* still waits"
	tee_hangs || fail "tee does not hang"
	note "tee hangs, the command returns after $(within "command $second" 60) ms"
}

guard() {
	brick "unchanged:$first" "command:$second" "command:$third"
	tells "^unchanged $first [0-9]* removed"
	expect_message "$(lun 0): scsi_lifecycle: cache flush lost"
	tells "^command $second [0-9]* code 4: $second .*flush LOST"
	tells "^command $third [0-9]* removed"
	expect_counter flushes_completed 1
	expect_counter flushes_killed 2
	note "tee returns after $(within "unchanged $first" 60) ms and tells no loss, the command after \
$(within "command $second" 60) ms and tells it"
}
