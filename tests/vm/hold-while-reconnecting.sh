# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a daemon that holds its host's devices while it reconnects saves the flush of one that is deleted meanwhile"
PATHS="P1"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

# teardown_tmo is 2, hold_max is 30.
prepare() {
	use udev
	use iscsi
	iscsi_disks 1 120
	lose_path reset
	spawn daemon env -i PATH=/usr/sbin:/usr/bin python3 /examples/reconnect.py "$(debug_host)" \
		sh -c 'until [ -e /run/connected ]; do sleep 0.1; done'
	wait_for 60 grep -q held "$RUN/daemon/output" || fail "the daemon says nothing"
	spawn delete delete 0
}

held() { cat "$RUN/daemon/output"; }

# reconnect FLUSHES: the path comes back after more than teardown_tmo; then the target has seen so many
reconnect() {
	regain_path
	wait_for 20 ended delete || fail "the deletion does not end"
	: >/run/connected
	wait_for 20 ended daemon || fail "the daemon does not end"
	[ "$(status_of daemon)" = 0 ] || fail "the daemon failed: $(held)"
	[ "$(target_flushes)" = "$1" ] || fail "the target saw $(target_flushes) flushes, not $1"
}

# The kernel throws the flush away.
stock() {
	[ "$(held)" = "0 held" ] || fail "it says: $(held)"
	expect_end delete 5
	reconnect 0
	note "no node to hold: the flush is lost without a word"
}

# So it does with the module alone: what is held is a teardown that waits, and this one does not.
guard() {
	[ "$(held)" = "1 held" ] || fail "it says: $(held)"
	expect_end delete 5
	expect_message "scsi_lifecycle: cache flush lost: removed while blocked"
	reconnect 0
	note "held, and the flush is lost, and said so"
}

livepatch() {
	[ "$(held)" = "1 held" ] || fail "it says: $(held)"
	! wait_for 5 ended delete || fail "the hold does not hold"
	reconnect 1
	expect_counter flushes_completed 1
	expect_counter flushes_killed 0
	[ "$(took delete)" -ge 5000 ] || fail "it took $(took delete) ms"
	note "the flush arrives $(took delete) ms after the begin, with teardown_tmo at 2000 ms"
}
