# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the module is loaded and unloaded over and over while removals begin, wait and end"
EACH_KERNEL=1
PATHS="P1 P3"
REQUIRES="scsi_flaky"
GUARD_ONLY="its subject is the module's own unloading"
WORDS=slub_debug=FZPU
LATE=1

churn() {
	loads=0
	while [ ! -e /run/enough ]; do
		insmod /modules/scsi_lifecycle.ko teardown_tmo=0 || exit
		sleep "0.0$((loads % 10))"
		rmmod scsi_lifecycle || exit
		loads=$((loads + 1))
	done
	echo "$loads"
}

prepare() {
	modprobe scsi_mod
	load_flaky
	spawn churn churn
}

guard() {
	for each in $(seq 12); do
		load_debug max_luns=4
		for blocked in 1 2; do
			stop_lun $blocked
		done
		spawn delete delete 1
		wait_for 60 ended delete || fail "a removal hangs while the module comes and goes"
		spawn rmmod rmmod scsi_debug
		wait_for 60 ended rmmod || fail "rmmod hangs while the module comes and goes"
		[ ! -e /sys/module/scsi_debug ] || fail "scsi_debug is still there"
	done
	: >/run/enough
	wait_for 20 ended churn || fail "the module cannot be unloaded"
	[ "$(status_of churn)" = 0 ] || fail "a load or an unload failed"
	note "24 blocked removals during $(cat "$RUN/churn/output") loads"
}
