# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: dev_loss_tmo is over behind a deletion that hangs: on stock the port does not come back, for no LUN"
PATHS="P1"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian
TIMEOUT=400
# The transport's worker waits as long as the deletion. From 6.12 on the wait of the port's return for that worker
# warns, on stock too.
EXPECTED="WARNING: .*kernel/workqueue.c:[0-9]* .*check_flush_dependency|INFO: task kworker/[^ ]* blocked for more than"

# The transport's worker waits to remove the target, and the port's return for that worker.
prepare() {
	use fcoe
	use row
	use udev
	limit teardown_tmo 60
	write 0 /proc/sys/kernel/panic_on_warn
	fcoe_disks 2 45
	doomed=$(lun 0)
	taken_offline 0
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	wait_for 60 port_is "Not Present" || fail "the port is $(port)"
	lost=$(now)
	mend_path
}

stock() {
	! wait_for 40 port_is Online || fail "the port is back"
	waits_of_workers scsi_remove_target || fail "the transport does not remove the target"
	waits_of_workers fc_remote_port_add || fail "the port's return does not wait"
	waits_in delete blk_execute_rq || fail "the deletion does not hang any more"
	row delete
	NOTE="$NOTE; the port stays away"
}
waits_of_workers() { cat /proc/[0-9]*/stack 2>/dev/null | grep -q " $1+"; }

# The transport's unblock passes over the LUN, so that teardown_tmo is waited for.
guard() {
	expect_end delete 62
	all_come_back
}

# The transport gives the LUN's path up with that of the target.
livepatch() {
	expect_end delete 55
	all_come_back
}

all_come_back() {
	wait_for 60 port_is Online || fail "the port is $(port)"
	wait_for 30 both_there || fail "the LUNs are not there again"
	wait_for 5 said "$doomed: scsi_lifecycle: cache flush lost" || fail "the loss is not said"
	row delete
	NOTE="$NOTE; the port is back in $(($(now) - lost)) ms"
}
both_there() { [ "$(state 0)" = running ] && [ "$(state 1)" = running ]; }
