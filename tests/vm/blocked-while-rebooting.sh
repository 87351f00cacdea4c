# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a host comes when the reboot has begun already, and its disk is blocked"
PATHS="P11"
REQUIRES="scsi_flaky scsi_stubborn"

# The reboot waits for a driver that is being bound before it lets no other one come.
prepare() {
	debug_disks
	limit reboot_tmo 2
	load_stubborn
	slow=$(lun 0)
	write "$slow" /sys/bus/scsi/drivers/sd/unbind
	order busy 1
	spawn probe write "$slow" /sys/bus/scsi/drivers_probe
	expect_wait probe sd_probe
	spawn down reboot -f
	expect_wait down wait_for_device_probe
	LLD=scsi_debug
	write 1 /sys/bus/pseudo/drivers/scsi_debug/add_host
	late=$(lun 0 0 2)
	wait_for 10 said "$late: .*Attached SCSI disk" || fail "the disk of the new host does not come"
	write_blocks "$(disk 0 0 2)"
	flaky block "$(target_of "$late")"
}

stock() {
	order busy 0
	expect_hang down blk_execute_rq 6
}

guard() {
	# The time of the disk began with the block, a moment before this is said.
	rebooting 10 1500 "$late: scsi_lifecycle: cache flush lost: blocked for at least"
	echo 0 >"$ORDERS/busy"
	wait_forever
}

livepatch() { guard; }

upstream() {
	rebooting 10 1500 "$late: blocked for 2 s during its shutdown, failing its commands"
	echo 0 >"$ORDERS/busy"
	wait_forever
}
