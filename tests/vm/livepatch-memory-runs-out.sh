# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="where any allocation of the livepatch's load fails, what was done before it is undone"
PATHS=
TIMEOUT=3000
REQUIRES="scsi_flaky /proc/self/fail-nth"
SKIPS="6.1 6.12 7.2 6.1-kcsan"
GUARD_ONLY="stock has no such load"
EXPECTED='scsi_lifecycle: (no memory|cannot be remembered)|Unknown symbol|event_define_fields'

prepare() {
	use memory
	debug_disks 2
	allocations_may_fail
}

# Each load that does not need the memory is a livepatch that comes and goes.
guard() {
	starve load /modules/scsi_lifecycle_livepatch.ko || fail "the livepatch did not come and go"
	load_livepatch
	block_target
	unblock_target
	unload_livepatch
	note "it comes and goes"
}
