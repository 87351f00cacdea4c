# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a removal hangs in destroying its queue, then the module is loaded: it ends"
PATHS="P13"
REQUIRES="scsi_flaky"
LATE=1

prepare() {
	debug_disks
	park_passthrough
	spawn delete delete 0
	expect_hang delete blk_mq_freeze_queue_wait 3
}

stock() {
	expect_hang delete blk_mq_freeze_queue_wait 3
}

guard() {
	listen
	load_guard teardown_tmo=2
	wait_for 8 ended delete || fail "the removal still hangs"
	expect_counter rescued 1
	expect_event "^host host$(debug_host) .*SCSI_LIFECYCLE_FLUSH=unknown .*SCSI_LIFECYCLE_REMOVED=$(lun 0) "
	note "ends once the module is loaded"
}
