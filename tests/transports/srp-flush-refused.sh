# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="SRP: the target answers a deletion's flush with CHECK CONDITION: it ends, and the error is said with its sense"
PATHS=""
REQUIRES="ib_srp ib_srpt rdma_rxe veth target_core_iblock"
USER_SPACE=debian

# The target's own disk fails when it is asked to flush.
prepare() {
	use srp
	use row
	use udev
	load_debug
	backing=$(device 0)
	backing_disk=$(disk 0)
	# shellcheck disable=SC2317
	store() { store_on "$backing_disk" "$@"; }
	srp_disks 1 60 300
	write offline "$backing/state"
	spawn delete delete 0
}

stock() {
	expect_end delete 10
	grep -q 'status CHECK CONDITION .*SYNCHRONIZE_CACHE' "$COUNT/trace" || fail "the target did not refuse it"
	expect_message "Synchronize Cache(10) failed"
	row delete
}

guard() {
	stock
	expect_counter flushes_failed 1
	expect_message "scsi_lifecycle: cache flush failed: result 0x00000002, sense "
}

livepatch() { guard; }
