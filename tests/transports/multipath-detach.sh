# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="multipath: a volume is detached as os-brick does it, map first, while one of its two iSCSI paths is away: both deletions end, and the flush of each path is accounted for"
PATHS="P5"
REQUIRES="iscsi_tcp iscsi_target_mod dm_multipath"
USER_SPACE=debian

prepare() {
	use iscsi
	use multipath
	use row
	use udev
	paths_up 120 15
	write_map 4
	path 1
	lose_first
	/usr/sbin/blockdev --flushbufs "/dev/mapper/$MAP" || fail "the map cannot be flushed"
	# As os-brick does: multipathd may be busy with the lost path, and not take it.
	spawn map wait_for 60 map_goes
	wait_for 70 ended map || fail "multipath -f does not end"
	[ "$(status_of map)" = 0 ] || fail "the map is still there"
	row_begins
	spawn first delete 0
	spawn second delete 0 0 2
}

# The other path's session stays.
lose_first() {
	break_path reset
	wait_for 30 is_blocked || fail "the path is $(state 0)"
}
map_goes() {
	multipath -f "$MAP"
	[ ! -e "/dev/mapper/$MAP" ]
}

both_end() {
	wait_for "$1" ended first || fail "the deletion of the path that is away does not end"
	wait_for 10 ended second || fail "the other deletion does not end"
	row map first second
	row_saw 1
}

stock() { both_end 5; }

guard() {
	both_end "${1-5}"
	expect_counter flushes_killed 1
	expect_counter flushes_completed 1
}

livepatch() { guard 7; }
