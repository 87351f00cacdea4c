# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: a port is destroyed behind a deletion that hangs, with the lock of all network devices; then the module is loaded"
PATHS="P1 P3"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian
TIMEOUT=300
LATE=1

prepare() {
	use fcoe
	use row
	use udev
	fcoe_disks 2 120
	doomed=$(lun 0)
	host=$(debug_host)
	taken_offline 0
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	spawn destroy destroy_port
	wait_for 10 removal_waits || fail "the port's end does not wait"
	spawn link ip link set lo down
	expect_hang link devinet_ioctl 5
}

removal_waits() { cat /proc/[0-9]*/stack 2>/dev/null | grep -q fcoe_destroy_work; }

stock() {
	running delete || fail "the deletion ends"
	[ -e "/sys/class/fc_host/host$host" ] || fail "the port is gone"
	row delete link
}

guard() {
	load_guard teardown_tmo=2
	wait_for 20 ended delete || fail "the deletion does not end"
	wait_for 20 ended link || fail "the lock of all network devices is held"
	wait_for 20 test ! -e "/sys/class/fc_host/host$host" || fail "the port stays"
	wait_for 5 said "$doomed: scsi_lifecycle: cache flush lost" || fail "the loss is not said"
	expect_accounts
	row delete link
}
