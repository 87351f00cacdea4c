# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What a run on a real transport tells of itself, for a line of a table in docs/transport-runs.md. target_flushes() is
# the transport's: how many flushes the target was asked for and has answered.

said_so_often() { dmesg | grep -c "scsi_lifecycle: cache flush $1"; }

# To be called before what the row is about: flushes are counted from then on, or else since the target is up.
row_flushes=0
row_begins() { row_flushes=$(target_flushes); }

row_saw_some() { [ "$(target_flushes)" -gt "$row_flushes" ]; }

# row_saw N: the target has carried out so many flushes since
row_saw() {
	row_seen=$(($(target_flushes) - row_flushes))
	[ "$row_seen" = "$1" ] || fail "the target saw $row_seen flushes, not $1"
}

# ending_of NAME: of what was spawned
ending_of() {
	if ! ended "$1"; then
		echo "$1 goes on waiting"
	elif [ "$(status_of "$1")" = 0 ]; then
		echo "$1 ends in $(took "$1") ms"
	else
		echo "$1 fails with $(status_of "$1") in $(took "$1") ms"
	fi
}

# row NAME...: where a hang was seen, how each of these ended, what the target saw, and what the module said
row() {
	row_text=
	case $NOTE in
	"hangs in "*) row_text="$NOTE, until the path or the answer is there; " ;;
	esac
	for row_each in "$@"; do
		row_text="$row_text$(ending_of "$row_each")"
		shift
		row_text="$row_text${1:+, }"
	done
	row_text="$row_text; flushes at the target: $(($(target_flushes) - row_flushes))"
	if [ -e "$GUARD" ]; then
		row_text="$row_text; said: $(said_so_often lost) lost, $(said_so_often failed) failed"
	fi
	note "$row_text"
}
