# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tools of the kernel and others say of the sources. Each function prints what is wrong, and nothing else.
# A caller has defined files(). A tool that is missing is wrong too.

needs() {
	command -v "$1" >/dev/null || { echo "$1 is missing: run scripts/setup tree"; return 1; }
}

# few LINES: not a screen too many
few() {
	awk '{ if (NR <= 60) print } END { if (NR > 60) print "and", NR - 60, "lines more" }'
}

scripts_pass_shellcheck() {
	needs shellcheck || return
	files scripts .ci tests | xargs grep -lE '^#!/bin/(ba)?sh|^# shellcheck shell' | xargs shellcheck -x
}

kernel_sources() { files '*.c' '*.h' | grep -E '^(drivers|include|kunit)/'; }
program_sources() { files '*.c' '*.h' | grep -E '^tests/' | grep -v '^tests/model/'; }

# The types of checkpatch that are not asked for. Most are guesses of a regular expression at what a human has to
# decide.
checkpatch_ignores() {
	cat <<-'END'
	EXPORT_SYMBOL			the functions of the core are C++, and a file of C exports them
	MACRO_ARG_REUSE			a loop's macro takes its variable more than once, as list_for_each_entry() does
	COMPLEX_MACRO			a list of an enumeration (X-macro) cannot stand in parentheses
	EMBEDDED_FUNCTION_NAME		a function may have the name of a word of English
	SPLIT_STRING			a text of many lines, such as a usage, is split
	CONST_STRUCT			a test wraps a function of a copy
	CONSIDER_KSTRTO			a test reads a number with text behind it
	SPACING				a macro takes the address of its argument
	MACRO_ARG_PRECEDENCE		a macro pastes its argument into a name
	STATIC_CONST_CHAR_ARRAY		kobject_uevent_env() takes an array that is neither
	NEW_TYPEDEFS			include/compat.h names a type of which kernels have different ones
	END
}

# The headers of trace events have a layout of their own, in all of the kernel.
checkpatch_ignores_in_traces() {
	cat <<-'END'
	OPEN_ENDED_LINE
	PARENTHESIS_ALIGNMENT
	MULTISTATEMENT_MACRO_USE_DO_WHILE
	END
}

# Those that are about what only the kernel has.
checkpatch_ignores_in_programs() {
	cat <<-'END'
	PREFER_KERNEL_TYPES
	PREFER_DEFINED_ATTRIBUTE_MACRO
	ARRAY_SIZE
	CAMELCASE
	ENOSYS
	USE_NEGATIVE_ERRNO
	NAKED_SSCANF
	END
}

# checkpatch IGNORED: of the files that it reads
checkpatch() {
	local source
	needs perl || return
	source=$(scripts/source-kernel source) || return
	# There it finds the kernel's names and spelling, and leaves its own cache.
	sed "s,^,$PWD/," | (cd "$source" && xargs -P "$(nproc)" -n 16 perl scripts/checkpatch.pl \
		--root=. --strict --terse --show-types --max-line-length=100 --ignore "$1" -f 2>&1) |
		sed "/^total: /d; s,^$PWD/,," | sort
}

types() { awk '{ print $1 }' | paste -sd,; }

sources_pass_checkpatch() {
	kernel_sources | grep -v ^include/trace/ | checkpatch "$(checkpatch_ignores | types)" | few
	kernel_sources | grep ^include/trace/ | checkpatch "$( (checkpatch_ignores; checkpatch_ignores_in_traces) | types)" | few
	program_sources | checkpatch "$( (checkpatch_ignores; checkpatch_ignores_in_programs) | types)" | few
}

comments_pass_kernel_doc() {
	local source
	needs perl || return
	source=$(scripts/source-kernel source) || return
	kernel_sources | xargs "$source/scripts/kernel-doc" -none 2>&1 | few
}

modules_pass_sparse() {
	needs sparse || return
	scripts/kernels sparse 6.1 | few
}

# The kernel's own .clang-format would change each fifth line of the C; checkpatch reads that.
cpp_is_formatted() {
	local file
	needs clang-format-14 || return
	files '*.cc' '*.hpp' | while read -r file; do
		clang-format-14 --style=file "$file" | diff -q "$file" - >/dev/null ||
			echo "$file: run clang-format-14 -i $file"
	done
}

# too_long CODE COMMENTS: of the files that it reads, whose code and comments may have so many columns. A tab goes to
# the next multiple of eight. A scenario's DESCRIPTION has to be one line, and may be longer.
too_long() {
	local file
	while read -r file; do
		expand "$file" | awk -v code="$1" -v comments="$2" -v file="$file" '
			{ columns = /^ *#/ ? comments : code }
			length($0) > columns && !/^DESCRIPTION=/ { print file ":" NR ": " length($0) " columns" }'
	done
}

lines_fit_the_screen() {
	local file
	files '*.cc' '*.hpp' | too_long 100 100 | few
	files '*.sh' '*.py' scripts tests .ci | while read -r file; do
		[[ $file == *.sh || $file == *.py ]] || head -n 1 "$file" | grep -q '^#!' && echo "$file"
	done | too_long 140 120 | few
}

# A sentence names its subject: the reader, a caller, an open file.
prose_names_its_subject() {
	files | grep -vxE 'LICENSE|tests/mutants/record|tests/tree/style.sh' |
		{ xargs grep -nIwiE 'who|whom|whoever|nobody|somebody|anybody|everybody|someone|anyone|everyone' || :; } | few
}
