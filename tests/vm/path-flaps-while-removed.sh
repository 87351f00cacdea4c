# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a target is blocked and unblocked all the time while its devices are removed and its LLD is unloaded"
PATHS="P3 P6"
REQUIRES="scsi_flaky"
TIMEOUT=400
LIVEPATCH_ONLY="the walks of stock hold references on the LLD, so that its rmmod is refused"

rounds=${rounds:-12}

prepare() {
	dmesg -n 1
	load_flaky
	limit teardown_tmo 1
}

storm() {
	while [ -e /run/storm ]; do
		try block "$1"
		try unblock "$1"
	done
}

all_rounds() {
	for round in $(seq "$rounds"); do
		load_debug max_luns=8
		: >/run/storm
		spawn storm0 storm "$(target_of "$(lun 0)")"
		spawn storm1 storm "$(target_of "$(lun 0)")"
		spawn delete0 delete 0
		spawn delete1 delete 7
		wait_for 60 ended delete0 || fail "round $round: a deletion hangs"
		wait_for 60 ended delete1 || fail "round $round: a deletion hangs"
		spawn rmmod rmmod scsi_debug
		wait_for 60 ended rmmod || fail "round $round: the unload hangs"
		[ ! -e /sys/module/scsi_debug ] || fail "round $round: $(cat "$RUN/rmmod/output")"
		rm /run/storm
		wait_for 10 ended storm0 || fail "round $round: a block or unblock hangs"
		wait_for 10 ended storm1 || fail "round $round: a block or unblock hangs"
	done
	note "$rounds rounds"
}

livepatch() { all_rounds; }
upstream() { all_rounds; }
