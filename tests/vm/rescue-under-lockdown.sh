# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a kernel that is locked down refuses the rescue of debugfs: that of the class works"
PATHS="P1"
SKIPS="6.1-debug"
REQUIRES="scsi_flaky"
GUARD_ONLY="late-delete shows the hang; stock has nothing to rescue with"

LOCKDOWN=/sys/kernel/security/lockdown
RESCUE=/sys/class/scsi_lifecycle/rescue

prepare() {
	[ -e $LOCKDOWN ] || mount -t securityfs none /sys/kernel/security
	[ -e $LOCKDOWN ] || skip "the kernel cannot be locked down"
	debug_disks
	limit teardown_tmo off
	stop_target
	spawn delete delete 0
	expect_hang delete blk_execute_rq 2
	write integrity $LOCKDOWN || skip "the kernel refuses to be locked down"
}

guard() {
	! write 1 "$GUARD"/rescue 2>/dev/null || fail "the kernel is not locked down"
	for bad in 0 2 11 yes ''; do
		! write "$bad" $RESCUE 2>/dev/null || fail "rescue took '$bad'"
	done
	write 1 $RESCUE || fail "rescue cannot be written under lockdown"
	expect_hang delete blk_execute_rq 1
	limit teardown_tmo 1
	wait_for 6 ended delete || fail "the removal still hangs"
	note "refused by debugfs, taken by the class"
}
