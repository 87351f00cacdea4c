# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the module is unloaded while hosts are unplugged: it forgets each before it is freed"
PATHS=
GUARD_ONLY="its subject is the module's own unloading"
WORDS=slub_debug=FZPU
LATE=1

unplug() {
	for each in $(seq 12); do write -1 /sys/bus/pseudo/drivers/scsi_debug/add_host; done
}

prepare() {
	load_debug add_host=24
}

guard() {
	for turn in 1 2; do
		load_guard teardown_tmo=0
		spawn unplug unplug
		spawn unload rmmod scsi_lifecycle
		wait_for 60 ended unload || fail "the module cannot be unloaded"
		wait_for 60 ended unplug || fail "the hosts do not go"
	done
	rmmod scsi_debug || fail "a reference was left behind"
	note "24 hosts unplugged in 2 unloads"
}
