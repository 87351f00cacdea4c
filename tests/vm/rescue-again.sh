# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="writing 1 to rescue looks for hung removals again; anything else is refused"
PATHS="P1"
REQUIRES="scsi_flaky"
GUARD_ONLY="late-delete shows the hang; stock has nothing to rescue with"

prepare() {
	debug_disks
	limit teardown_tmo off
	stop_target
	spawn delete delete 0
	expect_hang delete blk_execute_rq 3
}

guard() {
	for bad in 0 2 11 yes ''; do
		! write "$bad" "$GUARD"/rescue 2>/dev/null || fail "rescue took '$bad'"
	done
	expect_hang delete blk_execute_rq 1
	write 1 "$GUARD"/rescue || fail "rescue does not take 1"
	expect_hang delete blk_execute_rq 1
	write 1 /sys/module/scsi_lifecycle/parameters/teardown_tmo
	wait_for 4 ended delete || fail "a teardown_tmo that is lowered is not seen"
	expect_counter removals 1
	expect_counter rescued 0
}
