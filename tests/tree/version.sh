# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Whether each place that cannot include include/scsi_lifecycle_version.h says the same version.

# FILE#HOW IT SAYS THE VERSION, with one group: the first line that fits counts
version_places() {
	cat <<-'END'
	dkms.conf#^PACKAGE_VERSION="(.*)"$
	debian/changelog#^scsi-lifecycle \((.*)\) .*$
	CHANGELOG.md#^## (.*)$
	END
}

the_version_is_the_same_everywhere() {
	local version file pattern said shown='(\bmodule|scsi_lifecycle:|scsi_lifecycle[-/]|scsi-lifecycle(-dkms)?_)'
	version=$(sed -n 's/^#define SCL_RELEASE "\(.*\)"$/\1/p' include/scsi_lifecycle_version.h)
	[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || echo "include/scsi_lifecycle_version.h has no version"
	version_places | while IFS='#' read -r file pattern; do
		said=$(sed -nE "s/$pattern/\1/p" "$file" | head -n 1)
		[[ $said == "$version" ]] || echo "$file says $said, not $version"
	done
	# What the documents show of the command, of the log and of the packages is of this version.
	files '*.md' | grep -vx CHANGELOG.md | while read -r file; do
		grep -noE "$shown ?[0-9]+\.[0-9]+\.[0-9]+" "$file" |
			grep -v "[^0-9]${version//./\\.}\$" | sed "s,^,$file:,"
	done
	# No source has it by itself.
	files '*.c' '*.cc' '*.h' '*.hpp' Kbuild tools/Makefile | grep -E '^(drivers|tools|kunit|include|Kbuild)' |
		grep -vx include/scsi_lifecycle_version.h | xargs grep -nF "\"$version\"" || :
	files 'drivers/*.c' | xargs grep -n 'MODULE_VERSION(' | grep -v 'MODULE_VERSION(SCL_RELEASE)' |
		grep -vE '^drivers/test/' || :
}
