# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a part of the tests says, in TAP: a line for each test, its details as comments, and the plan at its end.
passed=0 failed=0 skipped=0

# In a description a # could begin a directive.
described() {
	local text=${1//$'\n'/ }
	printf '%s' "${text//#/\\#}"
}

comment() { printf '%s\n' "# ${1//$'\n'/$'\n# '}"; }

# ok DESCRIPTION
ok() {
	passed=$((passed + 1))
	printf 'ok - %s\n' "$(described "$1")"
}

# not_ok DESCRIPTION [DETAILS]
not_ok() {
	failed=$((failed + 1))
	printf 'not ok - %s\n' "$(described "$1")${2:+$'\n'$(comment "$2")}"
}

# skip DESCRIPTION [REASON]
skip() {
	skipped=$((skipped + 1))
	printf 'ok - %s # SKIP %s\n' "$(described "$1")" "${2//$'\n'/ }"
}

plan() {
	printf '# %d ok, %d not ok, %d skipped\n1..%d\n' $passed $failed $skipped $((passed + failed + skipped))
	((!failed))
}
