# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="FCoE: scsi-lifecycle check and why name the remote port that is lost, its timer, and what a deletion waits for"
PATHS="P4 P5"
REQUIRES="fcoe tcm_fc veth"
USER_SPACE=debian
COMMAND=1
TIMEOUT=300

prepare() {
	use fcoe
	use row
	use udev
	use command
	limit teardown_tmo 100
	fcoe_disks 2 120
	doomed=$(lun 0)
	other=$(lun 1)
	port=$(basename "$(rport)")
	says 0 "$doomed" check "$doomed"
	lose_path link
	says 1 "$doomed .*at risk" check "$doomed"
	said_too "FC $port is Blocked, dev_loss_tmo 120"
	says 1 "FC $port is Blocked, dev_loss_tmo 120" status
	park_write write 1 submit_bio_wait
	spawn delete delete 0
}

deletion_named() { says 1 "1. $doomed.* is being removed by $(culprit delete), delete" why; }

# The path that it waits for is that of the other LUN.
stock() {
	expect_wait delete blk_mq_freeze_queue_wait
	deletion_named
	said_too "because *$other.*, another LUN of host.*, is blocked"
	said_too "FC $port is Blocked, dev_loss_tmo 120"
	said_too "ends .*gives the path up (dev_loss_tmo 120)"
	path_ends_it
}

path_ends_it() {
	regain_path
	wait_for 20 ended delete || fail "the deletion does not end"
	wait_for 20 ended write || fail "the write does not end"
	says 0 . why
	row delete write
}

guard() {
	wait_for 20 ended delete || fail "the deletion does not end"
	says 1 "$other .*at risk" check "$other"
	said_too "FC $port is Blocked, dev_loss_tmo 120"
	path_ends_it
}

livepatch() {
	expect_wait delete blk_execute_rq
	deletion_named
	said_too "waits for *its path"
	said_too "because *FC $port is Blocked, dev_loss_tmo 120"
	path_ends_it
	[ "$(target_flushes)" = 1 ] || fail "the target saw $(target_flushes) flushes, not 1"
}
