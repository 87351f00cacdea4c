# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the stubborn LLD refuses orders it does not understand, and can be unloaded once it lets go"
PATHS=
REQUIRES="scsi_stubborn"
GUARD_ONLY=1

refuses() {
	before=$(told "$1")
	! write "$2" "$ORDERS/$1" 2>/run/why || fail "$1 took '$2'"
	grep -q 'Invalid argument' /run/why || fail "$1 '$2' got $(cat /run/why)"
	tells "$1" "$before" || fail "'$2' left $1 $(told "$1"), not $before"
}

prepare() {
	load_stubborn luns=3
}

guard() {
	for bad in '' 0 257 -1 two '1 2'; do
		refuses luns "$bad"
	done
	for bad in '' read all 'write flush' FLUSH writes; do
		refuses hold "$bad"
	done
	for bad in '' lun never 'device target'; do
		refuses eh_works "$bad"
	done
	for flag in keep_timer requeue eh_waits; do
		refuses "$flag" maybe
	done
	! insmod /modules/scsi_stubborn.ko 2>/run/why || fail "it was loaded twice"
	rmmod scsi_stubborn || fail "it cannot be unloaded"
	for bad in luns=0 luns=300 hold=all eh_works=lun held=1 aborts=1; do
		! insmod /modules/scsi_stubborn.ko "$bad" 2>/run/why || fail "it was loaded with $bad"
	done

	# Whatever it was told to hold is asked for in its exit, and orders reach it there.
	load_stubborn luns=2 eh_works=nothing
	order hold flush
	spawn rmmod rmmod scsi_stubborn
	wait_for 10 tells held 1 || fail "no flush was sent"
	order hold nothing
	expect_end rmmod 10
	# And error handling in which nothing works gets it too.
	load_stubborn eh_works=nothing
	write 1 "$(device 0)/timeout"
	order hold flush
	expect_gone
	note "refuses bad orders, and is unloaded"
}

expect_gone() {
	spawn unload rmmod scsi_stubborn
	wait_for 60 ended unload || fail "rmmod hangs"
	[ ! -e "$ORDERS" ] || fail "it is still there"
}
