# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="scsi-lifecycle why names a driver that keeps a flush for ever, and what it advises does what it says"
PATHS="P8"
REQUIRES="scsi_stubborn"
COMMAND=1

prepare() {
	use command
	load_stubborn
	limit flush_tmo 60
	write 1 "$(device 0)/timeout"
	order keep_timer Y
	doomed=$(lun 0)
	delete_with_held_flush
}

# Only the driver can end it.
answered() {
	expect_hang delete blk_execute_rq 4
	order hold nothing
	wait_for 10 ended delete || fail "the removal did not end with the answer"
	says 0 "Nothing hangs" why
}

names_driver() {
	says 1 "1. $doomed.* is being removed by $(culprit delete), delete" why
	said_too "waits for *scsi_stubborn to take or answer its command"
}

# The module ends waits in stopped queues, and this is none.
stock() {
	install_guard
	says 1 "1. $doomed.* is being removed by $(culprit delete), delete" why
	said_too "waits for *its cache flush: scsi_stubborn has 1 command of host"
	take_advice modprobe
	expect_known "$doomed" lld
	names_driver
	answered
	note "hangs until the driver answers, and that is said"
}

is_asked() { said "cache flush lost: not answered for [0-9]* ms, aborted 1 command"; }

guard() {
	names_driver
	said_too "ends *in [0-9.]* s, by flush_tmo, if the driver then gives the command back"
	take_advice scsi-lifecycle
	said_too "its removal waits for its driver alone, and what that has is asked back"
	wait_for 10 is_asked || fail "the driver was not asked"
	names_driver
	said_too "ends *when the driver gives the command back: it was asked to"
	answered
	note "hangs until the driver answers, which is asked, and that is said"
}
