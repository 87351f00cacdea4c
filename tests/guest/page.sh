# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
# What a scenario does with the commands that a page shows: those of its blocks of shell, a line each.

PAGE=/put/README.md

# commands_of [HEADING]: without what is behind a #; of a section, or of the page but for what is installed before
commands_of() {
	awk -v heading="${1-}" '
		/^##+ / { name = $0; sub(/^#+ /, "", name); here = heading ? name == heading : name != "Install" }
		/^```/ { shell = /^```sh$/; next }
		shell && here && !/^#/ { sub(/ +# .*/, ""); print }' $PAGE
}

# stand_for ADDRESS DISK: what 7:0:0:1, sdb and host7 of the page stand for
stand_for() { page_address=$1 page_disk=$2; }

page_ran=0

# follow HEADING CODE...: its commands, one by one, each ends with a code that its pattern fits; /run/followed has what
# they print
follow() {
	follow_heading=$1
	shift
	: >/run/followed
	commands_of "$follow_heading" >/run/commands
	[ -s /run/commands ] || fail "the page has no commands in \"$follow_heading\""
	[ "$(wc -l </run/commands)" = $# ] || fail "\"$follow_heading\" has $(wc -l </run/commands) commands, not $#"
	while read -r follow_line; do
		follow_one "$follow_line" "$1"
		shift
	done </run/commands
}

follow_one() {
	followed=$(echo "$1" | sed "s/\bsdb\b/$page_disk/g; s/\b7:0:0:1\b/$page_address/g; s/\bhost7\b/host${page_address%%:*}/g")
	echo "# $followed" >/dev/console
	follow_code=0
	timeout 60 sh -c "$followed" >/run/followed.one 2>&1 </dev/null || follow_code=$?
	cat /run/followed.one >/dev/console
	cat /run/followed.one >>/run/followed
	# shellcheck disable=SC2254 # it is a pattern
	case $follow_code in
	$2) ;;
	*) fail "\"$1\" of the page ends with $follow_code, not $2" ;;
	esac
	page_ran=$((page_ran + 1))
}

# shows PATTERN: what the last section printed has it
shows() { grep -qE -- "$1" /run/followed || fail "the commands do not print: $1"; }

# Each command of the page has run.
page_is_followed() {
	[ $page_ran = "$(commands_of | wc -l)" ] || fail "$page_ran commands of the page ran, of $(commands_of | wc -l)"
}
