# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
DESCRIPTION="iSCSI: a LUN comes back at the same address with another identity: it is another device, with another number, and nothing of the first one's"
PATHS="P5"
REQUIRES="iscsi_tcp iscsi_target_mod"
USER_SPACE=debian

prepare() {
	use iscsi
	use row
	use udev
	iscsi_disks 1 120 15
	was=$(cat "$(device 0)/wwid")
	row_begins
	lose_path reset
	tune
	spawn delete delete 0
	wait_for 20 ended delete || fail "the deletion does not end"
	regain_path
	replace
	wait_for 20 comes_back || fail "the LUN does not come back"
	[ "$(cat "$(device 0)/wwid")" != "$was" ] || fail "it has the same identity"
}

# What is set for the first device alone.
tune() {
	[ -e "$GUARD" ] || return 0
	write 3 "$(device 0)/teardown_tmo"
	number=$(number_of "$(lun 0)")
}
number_of() { cat "/sys/class/scsi_lifecycle/$1/number"; }

# LUN 0 is another store, with a serial of its own.
replace() {
	rm "$TPG/lun/lun_0/store"
	rmdir "$TPG/lun/lun_0"
	STORE=other
	lun_store 0
	mkdir -p "$TPG/lun/lun_0"
	ln -s "$stored" "$TPG/lun/lun_0/store" || fail "no other LUN 0"
}

comes_back() {
	rescan
	[ -e "$(device 0)/wwid" ] && [ -b "/dev/$(disk 0)" ]
}

stock() { row delete; }

guard() {
	expect_counter flushes_killed 1
	[ "$(number_of "$(lun 0)")" != "$number" ] || fail "the new device has the number of the first one"
	[ "$(cat "$(device 0)/teardown_tmo")" = default ] || fail "the new device has the times of the first one"
	row delete
}

livepatch() { guard; }
