# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="scsi-lifecycle delete and wait end with the code of what became of the device: flushed, lost, still there, gone already, refused"
PATHS=
REQUIRES="scsi_flaky"
COMMAND=1

prepare() {
	use command
	debug_disks 5
	dirty 0 1 2 3
	flushed=$(lun 0) lost=$(lun 1) there=$(lun 2) ended=$(lun 3) open=$(lun 4)
	exec 7<"/dev/$(disk 4)"
	says 6 "is open in" delete "$open"
	! gone 4 || fail "it was deleted all the same"
	exec 7<&-
	says 0 "it was not there" delete "$(lun 77)"
	says 0 "it was not there" wait "$(lun 77)"
	for each in delete wait; do says 5 "it was not there" $each --need-outcome "$(lun 77)"; done
}

# What became of a flush is not known without the module.
stock() {
	says 5 "$flushed  gone in .*the flush's outcome is not known" delete "$flushed"
	says 0 "$flushed" delete "$flushed"
	says 5 "$flushed" wait --need-outcome "$flushed"
	stop_lun 2
	says 3 "$there  still there" delete --timeout 2 "$there"
	says 3 "$there  still there" wait --timeout 2 "$there"
	begin_wait waiting "$there"
	flaky unblock "$there"
	wait_told waiting 5 "$there  gone in .*the flush's outcome is not known"
	says 5 "$open  gone" delete "$open"
	note "six outcomes"
}

guard() {
	says 0 "$flushed  gone in .*flush completed" delete "$flushed"
	says 0 "$flushed .*flush completed" delete --need-outcome "$flushed"
	says 0 "$flushed .*flush completed" wait --need-outcome "$flushed"
	stop_lun 1
	says 4 "$lost  gone in .*flush LOST" delete "$lost"
	says 0 "$lost .*flush LOST" delete "$lost"
	says 4 "$lost .*flush LOST" wait --need-outcome "$lost"
	limit teardown_tmo 600
	stop_luns 2 3
	says 3 "$there  still there" delete --timeout 2 "$there"
	says 3 "$there  still there" wait --timeout 2 "$there"
	begin_wait waiting "$there"
	flaky unblock "$there"
	wait_told waiting 0 "$there  gone in .*flush completed"
	spawn delete delete 3
	expect_wait delete blk_execute_rq
	begin_wait waiting "$ended"
	says 0 "" end "$ended"
	wait_told waiting 4 "$ended  gone in .*flush LOST"
	says 0 "$open  gone in" delete "$open"
	note "nine outcomes"
}
