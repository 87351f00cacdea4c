# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the view lists each disk once, and not the device that newer hosts have for their LLD's own commands"
PATHS=
GUARD_ONLY="stock tells nothing"

prepare() { load_debug max_luns=2; }

guard() {
	listed=$(cut -d ' ' -f 1 "$GUARD"/devices | sort | xargs)
	[ "$listed" = "$(lun 0) $(lun 1)" ] || fail "it lists $listed"
	note "lists $listed"
}
