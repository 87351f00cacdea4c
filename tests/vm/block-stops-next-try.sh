# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the path is lost while the removal's flush is at the LLD, which fails it: sd's next try waits for the path"
PATHS="P6"
REQUIRES="scsi_flaky scsi_stubborn scsi_lifecycle_livepatch"
UPSTREAM_TMO=30

prepare() {
	load_stubborn
	load_flaky
	limit teardown_tmo 30
	trace_on
	order hold flush
	spawn delete delete 0
	wait_for 10 tells held 1 || fail "no flush was sent"
}

blocks() { echo "block $(lun 0)" >"$CONTROL" 2>/dev/null; }

path_is_lost() {
	order answer no_connect
	order hold nothing
}

stock() {
	! blocks || fail "the block was not refused"
	path_is_lost
	expect_end delete 10 >/dev/null
	[ "$(flushes_sent)" -gt 1 ] || fail "no try reached the LLD without a path"
	tells flushed 0 || fail "a flush was carried out"
	note "sends the LLD $(flushes_sent) tries, of which $(($(flushes_sent) - 1)) without a path"
}

guard() { stock; }

livepatch() {
	blocks || fail "the block was refused"
	path_is_lost
	! wait_for 2 ended delete || fail "the removal did not wait for the path"
	[ "$(flushes_sent)" = 1 ] || fail "$(($(flushes_sent) - 1)) tries reached the LLD without a path"
	order answer good
	flaky unblock "$(target_of "$(lun 0)")"
	expect_end delete 10 >/dev/null
	[ "$(flushes_sent)" = 2 ] || fail "$(flushes_sent) flushes were sent, not 2"
	tells flushed 1 || fail "the flush was not carried out"
	note "the next try waits for the path, and is carried out"
}

upstream() { livepatch; }
