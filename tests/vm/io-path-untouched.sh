# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="while nothing is removed, no function of the modules runs for an I/O; while something is, one does"
PATHS=
REQUIRES="scsi_flaky"
GUARD_ONLY="its subject is what the modules add"
SKIPS="6.1-debug 6.1-kcsan"

prepare() {
	debug_disks 3
	used=$(disk 1)
}

# Reads and writes that have ended, flushes with them.
ended_ios() { awk '{ print $1 + $5 + $16 }' "/sys/block/$used/stat"; }

# calls: how many functions of the modules run while some hundred I/Os end, whose number is in $ios
calls() {
	echo >"$TRACE"/trace
	ios=$(ended_ios)
	for _ in $(seq 40); do
		dd if=/dev/zero of="/dev/$used" bs=64k count=8 conv=fsync 2>/dev/null || fail "the disk cannot be written"
		write 3 /proc/sys/vm/drop_caches
		dd if="/dev/$used" of=/dev/null bs=64k count=8 2>/dev/null || fail "the disk cannot be read"
	done
	ios=$(($(ended_ios) - ios))
	[ "$ios" -ge 100 ] || fail "$ios I/Os: this shows nothing"
	calls=$(grep -c " <-" "$TRACE"/trace)
}

guard() {
	for traced in /sys/module/scsi_lifecycle*; do
		echo ":mod:${traced##*/}" >>"$TRACE"/set_ftrace_filter || skip "it cannot be traced"
	done
	write function "$TRACE"/current_tracer || fail "no function tracer"
	calls
	# The backstop runs once in two seconds.
	[ "$calls" -lt $((ios / 4)) ] || fail "$calls calls for $ios I/Os: $(tail -n 3 "$TRACE"/trace)"
	note "$calls calls, none of them for one of $ios I/Os"

	limit teardown_tmo off
	stop_lun 0
	spawn delete delete 0
	expect_wait delete blk_execute_rq
	calls
	[ "$calls" -ge "$ios" ] || fail "$calls calls for $ios I/Os beside a removal: this shows nothing"
	limit teardown_tmo 0
	wait_for 10 ended delete || fail "the removal did not end"
}

livepatch() { guard; }
