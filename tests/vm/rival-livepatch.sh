# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="another livepatch redirects one function, then replaces ours: the log says so, and removals still end"
PATHS="P1"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch scsi_rival"
LIVEPATCH_ONLY="its subject is the livepatch"

RIVAL=/sys/kernel/livepatch/scsi_rival

prepare() {
	debug_disks
}

settled() { [ "$(cat $RIVAL/transition)" = 0 ]; }
left() { [ ! -e $RIVAL ]; }
times_said() { dmesg | grep -c "scsi_lifecycle_livepatch: .*$1" || :; }

# A third livepatch asks for a function that no kernel has: it is refused.
another_goes() {
	sed 's/scsi_rival/scsi_third/g; s/scsi_host_unblock/scsi_host_unblocx/g' /modules/scsi_rival.ko >/run/third.ko
	! insmod /run/third.ko 2>/dev/null || fail "a livepatch of no function was loaded"
	expect_message "scsi_host_unblocx"
}

livepatch() {
	! said "suspiciously returned" || fail "the kernel wonders what its init returned"
	expect_message "scsi_lifecycle_livepatch: [0-9.]* enabled: 7 functions are redirected"
	module scsi_rival
	wait_for 60 settled || fail "the rival does not take effect"
	expect_message "scsi_lifecycle_livepatch: scsi_host_unblock is not redirected any more"
	[ "$(times_said 'not redirected')" = 1 ] || fail "more is said to be lost than is"
	another_goes
	[ "$(times_said 'redirected again')" = 0 ] || fail "what the rival has is said to be redirected again"
	write 0 $RIVAL/enabled
	wait_for 60 left || fail "the rival does not leave"
	modprobe st || fail "st cannot be loaded"
	rmmod st || fail "st cannot be unloaded"
	[ "$(times_said 'redirected again')" = 0 ] || fail "any module that leaves is taken for a livepatch"
	rmmod scsi_rival
	expect_message "scsi_lifecycle_livepatch: scsi_host_unblock is redirected again"
	another_goes
	[ "$(times_said 'redirected again')" = 1 ] || fail "more is said to be redirected again than was lost"

	write 0 "$LIVEPATCH"/enabled
	wait_for 60 unpatched || fail "the livepatch cannot be disabled"
	expect_message "scsi_lifecycle_livepatch: [0-9.]* enabled: 7 functions are redirected"
	module scsi_rival
	wait_for 60 settled || fail "the rival does not take effect"
	[ "$(times_said 'not redirected')" = 1 ] || fail "what the administrator disabled is said to be lost"
	write 0 $RIVAL/enabled
	wait_for 60 left || fail "the rival does not leave"
	rmmod scsi_rival
	rmmod scsi_lifecycle_livepatch
	load_livepatch

	module scsi_rival replace=1
	wait_for 60 unpatched || fail "the rival does not replace the livepatch"
	[ "$(times_said 'not redirected')" = 8 ] || fail "not all is said to be lost"
	rmmod scsi_lifecycle_livepatch || fail "what is replaced cannot be unloaded"

	stop_lun 0
	spawn delete delete 0
	expect_end delete 8
	expect_counter flushes_killed 1
}
