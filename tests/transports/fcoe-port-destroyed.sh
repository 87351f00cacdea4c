# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: the path is away, a LUN is being deleted, its port is destroyed behind it, and fcoe unloaded: all of it ends"
PATHS="P5"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian

prepare() {
	use fcoe
	use row
	use udev
	limit teardown_tmo 60
	fcoe_disks 2 120
	doomed=$(lun 0)
	other=$(lun 1)
	host=$(debug_host)
	lose_path link
	spawn delete delete 0
}

# A port is destroyed with the lock of all network devices held.
expect_port_destroyed() {
	! rmmod fcoe 2>/dev/null || fail "fcoe is unloaded while it has ports"
	spawn destroy destroy_port
	wait_for 20 test ! -e "/sys/class/fc_host/host$host" || fail "the port stays"
	wait_for 10 ended delete || fail "the deletion does not end"
	spawn link ip link set "$NEAR" down
	wait_for 10 ended link || fail "the lock of all network devices is held"
	set_value "$FAR" "$FCOE/ctlr_destroy"
	spawn rmmod unload
	wait_for 20 ended rmmod || fail "fcoe is not unloaded"
	[ ! -e /sys/module/fcoe ] || fail "fcoe stays: $(cat "$RUN/rmmod/output")"
	[ "$(target_flushes)" = 0 ] || fail "the target saw a flush"
}

# The last port holds the module until the queue of fcoe's has destroyed it.
unload() { wait_for 15 rmmod fcoe; }

stock() {
	expect_end delete 5
	expect_port_destroyed
	row delete destroy rmmod
}

guard() {
	expect_end delete 5
	expect_port_destroyed
	both_said
}

# The port is not kept waiting by the deletion that waits for its path.
livepatch() {
	! wait_for 2 ended delete || fail "the deletion does not wait for its path"
	expect_port_destroyed
	both_said
}

both_said() {
	for each in $doomed $other; do
		wait_for 5 said "$each: scsi_lifecycle: cache flush \(lost\|failed\)" || fail "the loss of $each is not said"
	done
	expect_accounts
	row delete destroy rmmod
}
