# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: a path that is gone for good, and a LUN that went offline meanwhile: its deletion ends, and the loss is said"
PATHS="P1"
REQUIRES="ib_srp ib_srpt rdma_rxe veth"
USER_SPACE=debian

# Both timers of the port run out while the deletion waits: neither reaches what is being removed.
prepare() {
	use srp
	use row
	use udev
	srp_disks 2 20 30 off
	lose_path_offline 0
	spawn delete delete 0
}

# The port's removal waits behind the LUN's.
stock() {
	expect_hang delete blk_execute_rq 6
	wait_for 40 said "dev_loss_tmo expired" || fail "the port is $(port_state)"
	wait_for 10 port_worker srp_remove_work || fail "the host is not being removed"
	! wait_for 6 ended delete || fail "the deletion ended with the port"
	! host_is_gone || fail "the host is gone"
	row delete
}

guard() {
	expect_end delete 4
	expect_message "scsi_lifecycle: cache flush lost"
	expect_counter flushes_killed 1
	wait_for 60 host_is_gone || fail "the host does not go"
	row delete
}

# The transport reaches the LUN when it gives the path up, which is sooner than the administrator's time.
livepatch() {
	write 60 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	! wait_for 1 ended delete || fail "the deletion does not wait"
	expect_end delete 20
	expect_message "fast_io_fail_tmo expired"
	expect_counter flushes_killed 1
	wait_for 60 host_is_gone || fail "the host does not go"
	row delete
}
