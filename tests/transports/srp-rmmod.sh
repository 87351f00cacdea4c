# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: ib_srp is unloaded with the path away, and one LUN is offline"
PATHS="P3 P5"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian
SKIPS=7.2

prepare() {
	use srp
	use row
	use udev
	srp_disks 2 60 300 25
	lose_path_offline 1
	spawn rmmod rmmod ib_srp
}

# Also when the path is back: what is being unloaded is not unblocked.
stock() {
	wait_for 10 port_worker srp_remove_work || fail "the host is not being removed"
	! wait_for 3 ended rmmod || fail "rmmod ended"
	regain_path
	! wait_for 5 ended rmmod || fail "rmmod ended with the path"
	port_worker srp_remove_work || fail "the host's removal does not wait"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	row rmmod
}

guard() {
	may_go_blocked
	wait_for 20 ended rmmod || fail "rmmod does not end"
	[ "$(status_of rmmod)" = 0 ] || fail "rmmod ended with $(status_of rmmod)"
	expect_counter flushes_killed 2
	row rmmod
}

livepatch() {
	write 60 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	! wait_for 1 ended rmmod || fail "rmmod does not wait"
	mend_path
	wait_for 60 ended rmmod || fail "rmmod does not end"
	[ "$(target_flushes)" = 2 ] || fail "the target saw $(target_flushes) flushes, not 2"
	expect_counter flushes_completed 2
	row rmmod
}
