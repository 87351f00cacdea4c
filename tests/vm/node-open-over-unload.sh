# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="a node that is open keeps neither the device nor the LLD; its reader is told that they are gone"
PATHS="P3"
REQUIRES="scsi_flaky"
GUARD_ONLY="stock has no nodes"
WORDS=slub_debug=FZPU

prepare() {
	debug_disks 2
}

guard() {
	for each in 0 1; do spawn "reader$each" node read "$(node_of $each)"; done
	for each in 0 1; do wait_for 10 grep -q type=born "$RUN/reader$each/output" || fail "no reader"; done
	hold 0
	exec 7<"$(node_of 0)"
	stop_lun 0
	write 4 /sys/module/scsi_lifecycle/parameters/hold_max
	spawn rmmod rmmod scsi_debug
	expect_end rmmod 20 >/dev/null
	[ "$(took rmmod)" -ge 3500 ] || fail "the hold did not hold: $(took rmmod) ms"
	[ ! -e /sys/module/scsi_debug ] || fail "the LLD is still there"
	for each in 0 1; do
		wait_for 10 ended "reader$each" || fail "no end of file"
		[ "$(status_of "reader$each")" = 0 ] || fail "reader$each failed"
	done
	grep -q "type=gone .*flush=killed" "$RUN/reader0/output" || fail "not told of the flush"
	grep -q "type=gone .*flush=completed" "$RUN/reader1/output" || fail "not told of the flush"

	# What is left is this module's, as long as the files are open.
	! rmmod scsi_lifecycle 2>/dev/null || fail "unloaded with a node open"
	kill "$(cat "$RUN/holder0/pid")"
	wait_for 10 ended holder0 || fail "the holder cannot end"
	exec 7<&-
	[ -z "$(cat "$GUARD"/nodes)" ] || fail "a life is left: $(cat "$GUARD"/nodes)"
	load_debug max_luns=2
	[ "$(wc -l <"$GUARD"/nodes) $(grep -c gone=no "$GUARD"/nodes)" = "2 2" ] ||
		fail "not two lives: $(cat "$GUARD"/nodes)"
	rmmod scsi_flaky
	rmmod scsi_lifecycle || fail "the module cannot be unloaded"
	[ ! -e /dev/scsi_lifecycle ] || fail "nodes outlived the module"
	note "rmmod ends in $(took rmmod) ms with three files open"
}
