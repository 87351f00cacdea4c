# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Whether the documents say what the sources do. Each function prints what is wrong, and nothing else. A caller has
# defined files() and needs().

# A sentence of the documents, the file whose constant it tells, and the constant as it stands there.
numbers() {
	cat <<-'END'
	forever; 0: not at all | `5` |#drivers/guard/teardown/limits.c#static unsigned int teardown_tmo = 5;
	0: no file may hold a device | `30` |#drivers/guard/teardown/limits.c#static unsigned int hold_max = 30;
	#drivers/guard/teardown/limits.c#(default 30)
	gives the path up by its own timer, and 10 s more#drivers/guard/teardown/limits.c#REBOOT_MARGIN 10
	SRP 110 s more#drivers/guard/teardown/transport.c#SRP_LOGIN_MS (100 * MSEC_PER_SEC)
	keeps its timers waiting), else 180 |#drivers/guard/teardown/limits.c#REBOOT_TMO 180
	48 times the disk's `timeout`#drivers/core/time.hpp#return sd_flush_tries * (sd_max_retries + 1) * first_try;
	A START STOP UNIT has 180 s at least#drivers/core/time.hpp#stop_default = 6 * 30000;
	| `removals` |#drivers/guard/registry/note.c#int scl_uevents = SCL_UEVENTS_REMOVALS;
	records of 32 bytes#drivers/guard/registry/history.c#static_assert(sizeof(struct scsi_lifecycle_record) == 32);
	64 records are kept#drivers/guard/registry/registry.h#SCL_HISTORY_RECORDS 64
	ten a second at most#drivers/guard/registry/note.c#UEVENT_GAP (HZ / 10)
	has been blocked for ten seconds#drivers/guard/teardown/spare.c#QUIET_MS 10000
	After two seconds the module logs#include/core/poll.h#SCL_REPORT_AFTER_MS 2000
	is logged after 90 seconds#include/core/poll.h#SCL_REPORT_LLD_AFTER_MS 90000
	every 250 ms while anything is under removal#include/core/poll.h#SCL_POLL_MS 250ULL
	A change counts at the next poll, within 250 ms#include/core/poll.h#SCL_POLL_MS 250ULL
	comes to rest within 0.2 s#drivers/guard/teardown/spare.c#REST_MS 200
	a removal waits for a second at most for that#drivers/guard/teardown/observe.c#PATIENCE_MS 1000
	while a removal or a reboot is under way, and a second longer#drivers/guard/teardown/observe.c#LINGER_MS 1000
	while a removal takes its steps, and a second longer#drivers/guard/teardown/expedite.c#LINGER_MS 1000
	| `expedite` | `Y` or `N`#drivers/guard/teardown/expedite.c#is < 0 ? !housekeeping_enabled(HK_TYPE_DOMAIN) : is;
	has another command for a minute and a half#include/core/poll.h#SCL_REPORT_LLD_AFTER_MS 90000ULL
	is found within three seconds#drivers/guard/teardown/monitor.c#BACKSTOP_MS 2000
	one wake-up in two seconds#drivers/guard/teardown/monitor.c#BACKSTOP_MS 2000
	are seen within two seconds#drivers/guard/teardown/monitor.c#MONITOR_MS 1000
	END
}

numbers_in_the_documents_are_the_codes() {
	local said file constant pages
	pages=$(files '*.md' | xargs cat | tr -s '\n\t ' ' ')
	numbers | while IFS='#' read -r said file constant; do
		[[ $pages == *"$said"* ]] || echo "no document says: $said"
		tr -s '\n\t ' ' ' <"$file" | grep -F -- "$constant" >/dev/null || echo "$file does not say: $constant"
	done
}

lists_are_those_of_the_sources() { needs python3 && python3 tests/tree/facts.py | few; }
messages_are_in_the_page() { needs python3 && python3 tests/tree/messages.py | few; }
what_is_called_for_is_there() { needs python3 && files '*.md' | xargs python3 tests/tree/called.py | few; }

# A page that a source names is a link too.
links_lead_somewhere() {
	local page
	needs python3 && files '*.md' | xargs python3 tests/tree/links.py | few
	files | grep -v '^upstream/' | xargs grep -ohIE '\bdocs/[a-z-]+\.(md|svg|trace)' | sort -u | while read -r page; do
		[[ -e $page ]] || echo "a file names $page, which there is not"
	done
}

# Its first table has the rows of scripts/demo, and their names.
the_readme_is_short() {
	local row
	(($(wc -l <README.md) <= 150)) || echo "README.md has $(wc -l <README.md) lines, more than 150"
	sed -n "s/^show '\([^']*\)' .*/\1/p" scripts/demo | while read -r row; do
		grep -q "^| $row |" README.md || echo "README.md does not have the row of scripts/demo: $row"
	done
}

# The blocks of C in the documents.
examples_are_those_that_are_built() {
	local page
	# shellcheck disable=SC2016 # the signs are those of a page
	files '*.md' | xargs grep -lx '```c' | while read -r page; do
		# shellcheck disable=SC2016
		sed -n '/^```c$/,/^```$/{//!p}' "$page" | diff -q - drivers/test/example/main.c >/dev/null ||
			echo "$page: the example is not drivers/test/example/main.c"
	done
	grep -q '^scsi_example-y := drivers/test/example/main.o$' Kbuild || echo "Kbuild does not build drivers/test/example/main.c"
}

# nd: the end of "2nd", which a test cuts off.
words_are_spelled() {
	needs codespell || return
	files | grep -vE '^LICENSE$|^tests/tools/(golden|trees)/|^tests/mutants/record$|\.(trace|svg)$' |
		xargs codespell --ignore-words-list nd,inflight | few
}

# The README, the index, and the pages that it has for administrators and programmers.
pages_people_read() {
	echo README.md docs/README.md CONTRIBUTING.md CHANGELOG.md | tr ' ' '\n'
	sed '/^## For contributors/q' docs/README.md | grep -oE '\(([a-z-]+\.md)\)' | sed 's,[()],,g; s,^,docs/,'
}

# Left out of what it checks, in proselint/config: typography.symbols, for these are files of plain text. A process has
# a cache of its own, since two cannot share one.
documents_pass_proselint() {
	needs proselint || return
	# shellcheck disable=SC2016 # expanded there
	pages_people_read | XDG_CONFIG_HOME=$PWD/tests/tree xargs -P "$(nproc)" -n 4 sh -c '
		XDG_CACHE_HOME=$(mktemp -d) && export XDG_CACHE_HOME && proselint "$@"; rm -rf "$XDG_CACHE_HOME"' proselint | few
}
