# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the livepatch meets a kernel that lacks one of its functions: it is refused, and the log says which"
PATHS=
REQUIRES="scsi_lifecycle_livepatch"
GUARD_ONLY="its subject is the livepatch's own loading"

# No such kernel is at hand. A module that asks for a function which no kernel has is refused alike: as an import, or,
# where only the name that livepatch looks for is another, by livepatch.
prepare() {
	sed 's/scsi_target_unblock/scsi_target_unblocx/g' /modules/scsi_lifecycle_livepatch.ko >/run/import.ko
	sed '/scsi_target_unblock/ { s//scsi_target_unblocx/; :rest; n; b rest; }' /modules/scsi_lifecycle_livepatch.ko >/run/name.ko
	for each in import name; do
		[ "$(wc -c </run/$each.ko)" = "$(wc -c </modules/scsi_lifecycle_livepatch.ko)" ] ||
			fail "the module came apart"
	done
}

# refused FILE WORDS
refused() {
	! insmod "/run/$1.ko" 2>/dev/null || fail "$1: it was loaded"
	expect_message "$2"
	[ ! -e /sys/module/scsi_lifecycle_livepatch ] || fail "$1: it stays"
	[ ! -e /sys/kernel/livepatch/scsi_lifecycle_livepatch ] || fail "$1: something is patched"
}

guard() {
	refused import "Unknown symbol scsi_target_unblocx"
	refused name "symbol 'scsi_target_unblocx' not found in symbol table"
	expect_message "scsi_lifecycle_livepatch: cannot be enabled: -22"
	load_livepatch
	note "refused, by name"
}
