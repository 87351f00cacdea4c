# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="reboot when the module was unloaded: none of its functions is called any more"
PATHS=
GUARD_ONLY="its subject is the module's own unloading"

prepare() {
	load_debug
	dirty 0
}

guard() {
	rmmod scsi_lifecycle || fail "it cannot be unloaded"
	rebooting 20 0 "Synchronizing SCSI cache"
	spawn reboot reboot -f
	wait_forever
}
