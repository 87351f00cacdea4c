# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the example of docs/kernel-api.md blocks a host while it is loaded, and is told what became of a removed device's flush"
PATHS=
REQUIRES="scsi_example"
GUARD_ONLY="the example is written for the module"

# LUN 1 is blocked by the example, and taken back; so is LUN 0, to which it is attached.
prepare() {
	load_debug max_luns=2
	module scsi_example "host=$(debug_host)"
	expect_message "example: attached 0"
	for each in 0 1; do
		[ "$(state $each)" = blocked ] || fail "LUN $each is $(state $each)"
	done
	spawn delete delete 0
}

# The kernel takes a blocked device for dead.
guard() {
	expect_end delete 10
	wait_for 5 said "example: removed, flush 3" || fail "the example is not told"
	unload
}

livepatch() {
	! wait_for 1 ended delete || fail "the removal does not wait for its path"
	unload
	expect_end delete 10
	expect_counter flushes_completed 1
}

unload() {
	rmmod scsi_example || fail "the example cannot be unloaded"
	[ "$(state 1)" = running ] || fail "LUN 1 is $(state 1)"
}
