# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="three BUSY statuses, or two UNIT ATTENTIONs, and then GOOD: that flush completed"
PATHS=
REQUIRES="scsi_stubborn"
GUARD_ONLY="stock does not say what became of a flush"

prepare() {
	load_stubborn luns=2
}

answered() {
	order answers "$3"
	order answer "$2"
	spawn "delete$1" delete "$1"
	expect_end "delete$1" 20 >/dev/null
	tells answers 0 || fail "$(told answers) of $3 flushes were not answered $2"
	tells flushed $(($1 + 1)) || fail "the flush of LUN $1 was not carried out"
	expect_counter flushes_completed $(($1 + 1))
}

guard() {
	answered 0 busy 3
	answered 1 attention 2
	expect_counter flushes_failed 0
	! said "cache flush failed" || fail "said to have failed"
	note "both completed"
}
