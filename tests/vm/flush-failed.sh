# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the disk answers every flush with a MEDIUM ERROR: failed, with the result and the sense in the log"
PATHS=
REQUIRES="scsi_stubborn"
GUARD_ONLY="stock does not say what became of a flush"

prepare() {
	load_stubborn
	order answer medium_error
	listen
	doomed=$(lun 0)
	spawn delete delete 0
}

guard() {
	expect_end delete 20
	tells flushed 0 || fail "a flush was carried out"
	expect_counter flushes_failed 1
	expect_counter flushes_completed 0
	# sd tries three times, on newer kernels four times.
	expect_message "0: scsi_lifecycle: cache flush failed: result 0x0*2, sense 0*x*0*3/0*x*0*c/0*x*0*, [34] tries\$"
	expect_event "^node $doomed .*SCSI_LIFECYCLE_FLUSH=failed"
	expect_event "^host host.* SCSI_LIFECYCLE_FLUSH=failed .*SCSI_LIFECYCLE_REMOVED=$doomed "
}
