# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the command scsi-lifecycle names a removal that hangs and what it waits for; with the module it ends it, and says what became of the flush"
PATHS="P1"
REQUIRES="scsi_flaky"
COMMAND=1

prepare() {
	use command
	install_guard
	debug_disks 2
	first=$(lun 0) second=$(lun 1)
	says 0 "2 devices, none blocked, none being removed"
	says 0 "$first  fine" check "$first"
	stop_lun 0
	says 1 "$first  at risk" check "$first"
	spawn delete delete 0
	expect_wait delete blk_execute_rq
}

stock() {
	says 1 "1. $first.* is being removed by .*, delete" why
	says 1 "waits for *its cache flush" why
	says 3 "$first  still there" wait --timeout 2 "$first"
	# It waits for the first one's removal, which holds scan_mutex.
	says 3 "$second  still there" delete --timeout 3 "$second"
	says 7 "the module scsi_lifecycle is not loaded" end "$first"
	expect_hang delete blk_execute_rq 2
	says 1 "1. $first.* is being removed by .*, delete" why
	take_advice modprobe
	wait_for 20 ended delete || fail "the removal goes on waiting"
	expect_message "$first: scsi_lifecycle: cache flush lost: blocked for at least"
	note "what is advised ends it"
}

is_listed() { grep -q "device=$first .* flush=killed" /sys/class/scsi_lifecycle/removed; }

guard() {
	limit teardown_tmo 60
	says 1 "1. $first.* is being removed by .*, delete" why
	says 1 "waits for *its path" why
	says 3 "$first  still there" wait --timeout 2 "$first"
	says 1 "scsi-lifecycle end $first: the flush is lost" why
	says 0 "$first.*: its removal waits no longer" end "$first"
	wait_for 10 ended delete || fail "the removal goes on waiting"
	wait_for 10 is_listed || fail "the removal is not listed"
	says 4 "gone in .*, flush LOST" wait --need-outcome "$first"
	says 0 "$second  gone in .*, flush completed" delete --timeout 20 "$second"
	says 0 'flushes_total{outcome="killed"} 1' metrics
	says 0 "0 devices, none blocked, none being removed" status
	note "named, and ended $(took delete) ms after its begin"
}
