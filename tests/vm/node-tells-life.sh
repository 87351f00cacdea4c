# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a device's node tells its life to the end, and a new device at the address has a new one"
EACH_KERNEL=1
PATHS="P1"
REQUIRES="scsi_flaky"
GUARD_ONLY="stock has no nodes"

NODES=/dev/scsi_lifecycle

prepare() {
	debug_disks 2
	doomed=$(lun 0)
	node=$NODES/$doomed
}

number() { stat -c %t:%T "$1"; }
lines() { cut -d ' ' -f 2- "$RUN/$1/output"; }
has_told() { lines reader | grep -q "$1"; }

# life BLOCK OFFLINE: the causes that the records give
life() {
	[ "$(stat -c %a "$node")" = 600 ] || fail "$node is for others than root"
	[ "$(cat "/sys/class/scsi_lifecycle/$doomed/dev")" != "" ] || fail "not in sysfs"
	old=$(number "$node")
	spawn reader node read "$node"
	wait_for 10 has_told "type=born from=running to=running" || fail "nothing of its birth"
	flaky block "$doomed"
	wait_for 10 has_told "type=transition from=running to=running+blocked cause=$1" || fail "nothing of the block"
	flaky offline "$doomed"
	wait_for 10 has_told "from=running+blocked to=offline+blocked cause=$2" || fail "nothing of offline"
	spawn delete delete 0
	expect_end delete 20 >/dev/null
	wait_for 10 ended reader || fail "no end of file"
	[ "$(status_of reader)" = 0 ] || fail "the reader failed"
	has_told "from=offline+blocked to=cancel+blocked cause=remove" || fail "nothing of the removal"
	has_told "from=cancel+blocked to=del cause=deadline" || fail "nothing of the deadline"
	# sd tried as often as it does, and each try was refused: DID_NO_CONNECT.
	[ "$(tail -n 2 "$RUN/reader/output" | sed 's/.* lost=0 //; s/tries=[34] //' | xargs)" = \
		"type=gone from=del to=del cause=- flush=killed result=0x00010000 sense=0/00/00 eof" ] ||
			fail "it does not end with gone"
	[ ! -e "$node" ] || fail "the node outlived its device"

	# The old file stays open, and never sees the new device.
	rescan
	wait_for 10 test -e "$node" || fail "the new device has no node"
	exec 7<"$node"
	second=$(number "$node")
	delete 0
	wait_for 10 test ! -e "$node" || fail "the node outlived its device"
	rescan
	wait_for 10 test -e "$node" || fail "the new device has no node"
	third=$(number "$node")
	[ "$second" != "$third" ] || fail "$third is used again while it is open"
	grep -q " $doomed gone=yes files=1 " "$GUARD"/nodes || fail "no trace of it: $(cat "$GUARD"/nodes)"
	[ "$(grep -c " $doomed " "$GUARD"/nodes)" = 2 ] || fail "not two lives: $(cat "$GUARD"/nodes)"
	exec 7<&-
	[ "$(grep -c " $doomed " "$GUARD"/nodes)" = 1 ] || fail "the old life stays: $(cat "$GUARD"/nodes)"
	delete 0
	rescan
	wait_for 10 test -e "$node" || fail "the new device has no node"
	fourth=$(number "$node")
	[ "$(printf '%s\n' "$old" "$second" "$third" "$fourth" | sort -u | wc -l)" = 4 ] ||
		fail "a number is used again at once: $old, $second, $third, $fourth"
	note "$(grep -c type= "$RUN/reader/output") records, the last is gone; numbers $old, $second, $third, $fourth"
}

guard() { life seen seen; }
livepatch() { life block set_offline; }
