# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="an iSCSI path is gone for good: a LUN's deletion ends, so does the logout, and lost flushes are said"
PATHS="P5"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

prepare() {
	use udev
	use iscsi
	iscsi_disks 2 120
	watch 0 1
	lose_path drop
	wait_for 10 all_seen running+blocked || fail "the module does not see the block"
	udevadm settle -t 5 || :
	spawn delete delete 0
}

# ends_within SECONDS for each
ends_within() {
	wait_for "$1" ended delete || fail "the deletion does not end"
	spawn log_out log_out
	wait_for $(($1 + 5)) ended log_out || fail "the logout does not end"
	wait_for 5 session_is none || fail "the session stays: $(session)"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	note "delete $(took delete) ms, logout $(took log_out) ms"
}

stock() { ends_within 2; }

guard() {
	ends_within 2
	said_lost
}

livepatch() {
	ends_within 4
	said_lost
}

# The logout gives up the path before it removes the device: the flush then fails without being sent.
said_lost() {
	for each in 0 1; do
		wait_for 10 said "0:$each: scsi_lifecycle: cache flush \(lost\|failed\)" ||
			fail "the log does not say what became of the flush of LUN $each"
	done
	[ $(($(counter flushes_killed) + $(counter flushes_failed))) = 2 ] ||
		fail "not two flushes are lost: $(cat "$GUARD"/counters)"
	expect_accounts
}
