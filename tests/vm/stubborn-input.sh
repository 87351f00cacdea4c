# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="the stubborn LLD refuses orders it does not understand, and can be unloaded once it lets go"
PATHS=
REQUIRES="scsi_stubborn"
GUARD_ONLY="its subject is what a test module takes, which is the same with and without the guard"

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
	for bad in '' ok goods 'medium error' BUSY; do
		refuses answer "$bad"
	done
	for bad in '' -1 some '1 2'; do
		refuses answers "$bad"
	done
	for bad in '' lun never 'device target'; do
		refuses eh_works "$bad"
	done
	for flag in keep_timer requeue eh_waits busy block_requests; do
		refuses "$flag" maybe
	done
	for bad in '' flush '0:1 flush busy' '2:0 flush busy 1' '0:256 flush busy 1' '0:0 nothing busy 1' '0:0 read busy 1' \
		'0:0 flush lazy 1' '0:0 flush busy -1' '0:0 flush busy 1 2'; do
		! write "$bad" "$ORDERS/fault" 2>/run/why || fail "fault took '$bad'"
	done
	! insmod /modules/scsi_stubborn.ko 2>/run/why || fail "it was loaded twice"
	rmmod scsi_stubborn || fail "it cannot be unloaded"
	for bad in luns=0 luns=300 hosts=0 hosts=3 hold=all eh_works=lun answer=no answers=-1 block_requests=1 held=1 aborts=1 \
		flushed=1; do
		! insmod /modules/scsi_stubborn.ko "$bad" 2>/run/why || fail "it was loaded with $bad"
	done

	# Hosts whose requests are blocked go with the module once these are not; said twice is said once.
	load_stubborn hosts=2
	for each in Y Y N N Y; do order block_requests $each; done
	spawn rmmod rmmod scsi_stubborn
	expect_wait rmmod blk_execute_rq
	order block_requests N
	expect_end rmmod 20

	# Its exit waits for the commands that it was told to hold, and takes orders meanwhile.
	load_stubborn luns=2 eh_works=nothing
	order hold flush
	spawn rmmod rmmod scsi_stubborn
	wait_for 10 tells held 1 || fail "no flush was sent"
	order hold nothing
	expect_end rmmod 10
	# Error handling in which no reset works ends them too.
	load_stubborn eh_works=nothing
	write 1 "$(device 0)/timeout"
	order hold flush
	expect_gone
	expect_faults
	note "refuses bad orders, and is unloaded"
}

# Each fault keeps a flush away for as long as it should, at its own LUN alone; then a host is pulled out.
expect_faults() {
	load_stubborn luns=2 hosts=2
	write 1 "$(device 0)/timeout"
	order fault "0:0 flush swallow 1"
	spawn swallowed delete 0
	order fault "0:1 flush busy 1"
	spawn busy delete 1
	wait_for 20 ended swallowed || fail "a flush that is tried again is swallowed again"
	[ "$(took swallowed)" -ge 1500 ] || fail "the flush was not swallowed"
	! wait_for 1 ended busy || fail "the LLD was not busy"
	order fault "0:1 flush busy 0"
	wait_for 20 ended busy || fail "the LLD stays busy"
	order fault "1:0 flush slow 700"
	spawn unplug write 1 /sys/devices/scsi_stubborn.1/unplug
	wait_for 20 ended unplug || fail "the second host is not removed"
	[ "$(took unplug)" -ge 700 ] || fail "the flush was not slow"
	expect_gone
}

expect_gone() {
	spawn unload rmmod scsi_stubborn
	wait_for 60 ended unload || fail "rmmod hangs"
	[ ! -e "$ORDERS" ] || fail "it is still there"
}
