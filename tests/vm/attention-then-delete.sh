# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a flush that meets a unit attention is tried again and completes: it is not counted as failed"
PATHS=
GUARD_ONLY="stock does not say what became of a flush"

# scsi_debug raises a unit attention when the number of its LUNs changes.
prepare() {
	load_debug max_luns=1
	trace_on
	dirty 0
	write 2 /sys/bus/pseudo/drivers/scsi_debug/max_luns
	spawn delete delete 0
}

guard() {
	expect_end delete 20
	[ "$(flushes_sent)" = 2 ] || fail "$(flushes_sent) flushes were sent: no unit attention"
	expect_counter flushes_completed 1
	expect_counter flushes_failed 0
	note "completes at the second try"
}
