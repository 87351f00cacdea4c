# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: a policy's teardown_tmo=auto, and that of set, is the time of the transport's own timer and five seconds"
PATHS="P5"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian
COMMAND=1
GUARD_ONLY="stock has no such attribute"
TIMEOUT=300

RULES=60-scsi-lifecycle.rules
POLICY=/etc/scsi_lifecycle/policy.d

prepare() {
	use fcoe
	use row
	use udev
	use command
	mkdir -p $POLICY /run/udev/rules.d
	printf '[device]\ntransport = fc\nteardown_tmo = auto\n' >$POLICY/10-fc.conf
	sed "s,@bindir@,$(dirname "$(command -v scsi-lifecycle)")," /put/$RULES >/run/udev/rules.d/$RULES
	udevadm control --reload || fail "udevd does not read its rules"
	# A port's timer when it is made.
	modprobe scsi_transport_fc dev_loss_tmo=20 || fail "modprobe scsi_transport_fc failed"
	fcoe_disks 2 20
}

time_of() { cat "/sys/class/scsi_lifecycle/$(lun "$1")/teardown_tmo"; }
expect_time() { [ "$(time_of "$1")" = "$2" ] || fail "teardown_tmo of LUN $1 is $(time_of "$1"), not $2: $3"; }

# follows_timers DEV_LOSS FAST_IO_FAIL SECONDS
follows_timers() {
	set_value off "$(rport)/fast_io_fail_tmo"
	set_value "$1" "$(rport)/dev_loss_tmo"
	set_value "$2" "$(rport)/fast_io_fail_tmo"
	scsi-lifecycle set teardown_tmo=auto "$(lun 0)" || fail "set ends with $?"
	expect_time 0 "$3" "dev_loss_tmo $1, fast_io_fail_tmo $2"
}

# lowered_below DEV_LOSS SECONDS: the kernel lets dev_loss_tmo be set below fast_io_fail_tmo afterwards
lowered_below() {
	set_value "$1" "$(rport)/dev_loss_tmo"
	scsi-lifecycle set teardown_tmo=auto "$(lun 0)" || fail "set ends with $?"
	expect_time 0 "$2" "dev_loss_tmo $1, below fast_io_fail_tmo"
}

guard() {
	for each in 0 1; do expect_time $each 25 "a policy, and dev_loss_tmo of 20"; done
	follows_timers 120 off 60
	follows_timers 120 11 16
	lowered_below 7 12
	follows_timers 20 5 10
	ends_by_itself
}

# The transport gives the path up five seconds before that.
ends_by_itself() {
	lose_path link
	spawn delete delete 0
	expect_end delete 8
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	expect_counter flushes_killed 1
	row delete
}

# The deletion waits until the transport has given the path up.
livepatch() {
	guard
	[ "$(took delete)" -ge 3500 ] || fail "the deletion does not wait for fast_io_fail_tmo"
}
