# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the livepatch meets a kernel that lacks one of its functions: it is refused, and the log says which"
PATHS=
REQUIRES="scsi_lifecycle_livepatch"
GUARD_ONLY="its subject is the livepatch's own loading"

# Such a kernel is not at hand. To the module it is the same if it asks for a function that there is not.
prepare() {
	sed 's/scsi_target_unblock/scsi_target_unblocx/g' /modules/scsi_lifecycle_livepatch.ko >/run/livepatch.ko
	[ "$(wc -c </run/livepatch.ko)" = "$(wc -c </modules/scsi_lifecycle_livepatch.ko)" ] ||
		fail "the module came apart"
}

guard() {
	! insmod /run/livepatch.ko 2>/dev/null || fail "it was loaded"
	expect_message "Unknown symbol scsi_target_unblocx"
	[ ! -e /sys/kernel/livepatch/scsi_lifecycle_livepatch ] || fail "something is patched"
	load_livepatch
	note "refused, by name"
}
