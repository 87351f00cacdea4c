# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="reboot with a blocked disk whose path is back after 4 s: its flush is sent first, however short teardown_tmo is"
PATHS="P11"
REQUIRES="scsi_flaky"
WORDS=tp_printk

# The trace goes to the console, which is all that is left of the machine.
prepare() {
	debug_disks
	dirty 0
	lun0=$(lun 0)
	flaky block "$lun0"
	trace_on
}

stock() {
	rebooting 25 3900 "cmnd=(SYNCHRONIZE_CACHE"
	(sleep 4; echo "unblock $lun0" >"$CONTROL") &
	spawn reboot reboot -f
	wait_forever
}

guard() { stock; }
livepatch() { stock; }

upstream() { stock; }
