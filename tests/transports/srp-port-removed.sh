# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: the port is removed with the path away, and one LUN is offline"
PATHS="P3 P5"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian
SKIPS=7.2

# The writer does not wait: a worker removes the host.
prepare() {
	use srp
	use row
	use udev
	srp_disks 2 60 300 25
	lose_path_offline 1
	spawn remove write 1 "$(rport)/delete"
	expect_end remove 5
	spawn host wait_for 100 host_is_gone
}

# A path that is back changes nothing.
stock() {
	wait_for 10 port_worker srp_remove_work || fail "the host is not being removed"
	! wait_for 3 ended host || fail "the host is gone"
	regain_path
	! wait_for 5 ended host || fail "the host went with the path"
	port_worker srp_remove_work || fail "the host's removal does not wait"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
	row host
}

guard() {
	may_go_blocked
	wait_for 20 ended host || fail "the host does not go"
	expect_counter flushes_killed 2
	row host
}

livepatch() {
	write 60 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	! wait_for 1 ended host || fail "the removal does not wait"
	mend_path
	wait_for 60 ended host || fail "the host does not go"
	[ "$(target_flushes)" = 2 ] || fail "the target saw $(target_flushes) flushes, not 2"
	expect_counter flushes_completed 2
	row host
}
