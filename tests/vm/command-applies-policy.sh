# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the udev rule of the command gives each device that comes the time of its policy; auto is that of its iSCSI session, and set --persist stays"
PATHS=
REQUIRES="iscsi_tcp iscsi_target_mod scsi_flaky scsi_stubborn"
USER_SPACE=debian
COMMAND=1
GUARD_ONLY="stock has no such attribute"

RULES=60-scsi-lifecycle.rules
POLICY=/etc/scsi_lifecycle/policy.d

# expect_time ADDRESS SECONDS WHICH: what its override is when udevd has handled its events
expect_time() {
	wait_for 30 test -e "/sys/class/scsi_lifecycle/$1/teardown_tmo" || fail "there is no $1"
	settle
	time=$(cat "/sys/class/scsi_lifecycle/$1/teardown_tmo")
	[ "$time" = "$2" ] || fail "teardown_tmo of $1, $3, is $time, not $2"
}

# session_with SECONDS: a session whose transport gives a lost path up after so many
session_with() {
	initiator_up "$1"
	log_in 1
	told=$(cat /sys/class/iscsi_session/session*/recovery_tmo)
	[ "$told" = "$1" ] || fail "recovery_tmo is $told, not $1"
}

end_session() {
	log_out >/dev/console || fail "cannot log out"
	wait_for 20 session_is none || fail "the session stays: $(session)"
}

prepare() {
	use udev
	use iscsi
	mkdir -p $POLICY /run/udev/rules.d
	cat >$POLICY/10-kinds.conf <<-'CONF'
		# The last section that fits decides.
		[device]
		vendor = Linux
		teardown_tmo = 40

		[device]
		vendor = Linux
		model = scsi_debug
		teardown_tmo = 4

		[device]
		transport = iscsi
		teardown_tmo = auto
	CONF
	sed "s,@bindir@,$(dirname "$(command -v scsi-lifecycle)")," /put/$RULES >/run/udev/rules.d/$RULES
	udevadm control --reload || fail "udevd does not read its rules"
}

guard() {
	debug_disks 2
	for each in 0 1; do expect_time "$(lun $each)" 4 "whose model has a section"; done
	scsi-lifecycle set --persist teardown_tmo=9 "$(lun 1)" || fail "set --persist ends with $?"
	cat $POLICY/* >/dev/console
	delete 1
	rescan
	disks_wanted=2
	wait_for_disks
	expect_time "$(lun 1)" 9 "which is back, and was given 9 s for good"
	expect_time "$(lun 0)" 4 "which was left alone"

	stop_lun 0
	spawn delete delete 0
	expect_end delete 10
	[ "$(took delete)" -ge 3500 ] || fail "it was given $(took delete) ms, not 4 s"
	given=$(took delete)

	load_stubborn
	expect_time "$(lun 0)" default "of which no section speaks"

	# Five seconds more than the transport's own time, and a minute at most.
	target_up 1
	session_with 20
	expect_time "$(lun 0)" 25 "whose session gives up after 20 s"
	end_session
	session_with 300
	expect_time "$(lun 0)" 60 "whose session gives up after 300 s"
	note "a policy of 4 s: deleted in $given ms"
}
