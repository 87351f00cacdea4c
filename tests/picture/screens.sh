# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# What docs/screens.md shows of the command: its own words, of two disks that are deleted, one of them without a path,
# and of an iSCSI session that has lost its connection, whose LUN 0 is offline and deleted, and LUN 1 behind it.
DESCRIPTION="what the command says of a removal that waits"
REQUIRES="iscsi_tcp iscsi_target_mod scsi_flaky"
USER_SPACE=debian
COMMAND=1

say() { echo "$*" >/dev/ttyS2; }

# shows CODE ARGUMENT...: what the command prints, and how it ends
shows() {
	shows_code=$1 shown_code=0
	shift
	scsi-lifecycle "$@" >/run/shown 2>&1 || shown_code=$?
	[ $shown_code = "$shows_code" ] || fail "scsi-lifecycle $* ends with $shown_code: $(cat /run/shown)"
	say "\$ scsi-lifecycle${*:+ $*}"
	cat /run/shown >/dev/ttyS2
	grep -q . /run/shown || fail "scsi-lifecycle $* says nothing"
}

# To be spawned.
tee_to() { echo 1 | /usr/bin/tee "$1"; }

# The path of two disks, of a host each, and then one of them alone has one.
show_delete() {
	debug_disks 1 add_host=2
	settle
	stop_lun 0 0 2
	say "# Two disks of scsi_debug, of which the second has lost its path; teardown_tmo=2:"
	shows 4 delete --timeout 30 "$(disk 0)" "$(disk 0 0 2)"
	say "\$ echo \$?"
	say $shown_code
	rmmod scsi_debug || fail "scsi_debug cannot be unloaded"
}

lose_session() {
	iscsi_disks 2 120
	lose_path reset
	# As error handling does.
	flaky offline "$(lun 0)"
	limit teardown_tmo 45
	spawn delete tee_to "$(device 0)/delete"
	expect_wait delete blk_execute_rq
	spawn behind tee_to "$(device 1)/delete"
	wait_for 20 why_has_both || fail "why does not name both: $(cat /run/why)"
}

why_has_both() {
	scsi-lifecycle why >/run/why 2>&1
	grep -q "^ 1. $(lun 0).* is being removed by tee" /run/why && grep -q "behind it *tee" /run/why
}

prepare() {
	use udev
	use iscsi
	stty -F /dev/ttyS2 raw
}

guard() {
	say "# On Debian's $(uname -r), in qemu."
	show_delete
	lose_session
	say
	say "# iscsi_tcp, whose target is cut off; LUN 0, which is offline, is deleted, and LUN 1 behind it; teardown_tmo=45:"
	shows 1
	say
	shows 1 why
	say complete
	note "shown"
}

stock() {
	load_flaky
	lose_session
	say
	say "# The same without the module:"
	shows 1 why
	say complete
	note "shown"
}
