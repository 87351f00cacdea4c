# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="scsi-lifecycle why names the LUN that the removal of another one waits for, and what it advises ends the wait"
PATHS="P4"
REQUIRES="scsi_flaky"
COMMAND=1
LATE=1

prepare() {
	use command
	virtio_disks
	doomed=$(lun 0) other=$(lun 1)
	flaky block "$other"
	says 1 "$other (.*), another LUN of its host, is blocked" check "$doomed"
	park_write write 1 submit_bio_wait
	spawn delete delete 0
	expect_wait delete blk_mq_freeze_queue_wait
}

writes_again() {
	wait_for 20 ended delete || fail "the removal goes on waiting"
	wait_for 20 ended write || fail "the write to LUN 1 goes on waiting"
}

stock() {
	says 1 "1. $doomed.* is being removed by $(culprit delete), delete" why
	said_too "because *$other (.*), another LUN of host.* is blocked"
	said_too "sooner *bring the path of the LUN that is blocked back"
	flaky unblock "$other"
	writes_again
	[ "$(status_of write)" = 0 ] || fail "the write failed"
	says 0 "Nothing hangs" why
	note "LUN 1 is named, and its path ends it"
}

# The removal hung before the module came, which then does not end it.
guard() {
	load_guard teardown_tmo=1
	expect_known "$doomed" "$other"
	says 1 "1. $doomed.* is being removed by $(culprit delete), delete" why
	said_too "waits for *$other (.*), another LUN of host"
	said_too "sooner *bring the path of $other (.*) back"
	flaky unblock "$other"
	writes_again
	says 0 "Nothing hangs" why
	note "LUN 1 is named, and its path ends it"
}
