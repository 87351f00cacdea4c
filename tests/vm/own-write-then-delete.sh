# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the LLD holds a write of LUN 0, which is deleted, and LUN 1 is blocked: the LLD is waited for, not LUN 1"
PATHS="P8"
REQUIRES="scsi_stubborn scsi_flaky"
GUARD_ONLY="stock waits for the LLD too; this is about what is named, and that no time is counted"

# A third LUN, so that the removal of LUN 0 leaves the tags shared and LUN 1 is not waited for (P4).
prepare() {
	stubborn_disks 3
	write 1 "$(device 0)/timeout"
	order keep_timer Y
	hold_write own 0
	flaky block "$(lun 1)"
	park_write other 1 submit_bio_wait
	spawn delete delete 0
}

guard() {
	lun0=$(lun 0)
	expect_hang delete del_gendisk 4
	grep -q "^$lun0 .* waits_for=lld " "$GUARD"/devices || fail "not in devices: $(cat "$GUARD"/devices)"
	! said "its removal has waited" || fail "LUN 1 is blamed"
	order hold nothing
	wait_for 10 ended delete || fail "the deletion goes on waiting"
	running other || fail "LUN 1 was not blocked"
	note "waits for the LLD alone"
}
