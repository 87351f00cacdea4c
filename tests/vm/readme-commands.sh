# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
DESCRIPTION="each command of the README does what it says: the first five minutes, and what is done when a deletion hangs on stock"
PATHS="P1"
REQUIRES="scsi_flaky scsi_lifecycle_livepatch"
COMMAND=1
LATE=1
GUARD_ONLY="a deletion hangs on stock before the module is loaded, in the same machine"

UPDATES=/lib/modules/$(uname -r)/updates

# As make install does.
install_modules() {
	mkdir -p "$UPDATES" /etc/modprobe.d /etc/modules-load.d
	cp /modules/scsi_lifecycle.ko /modules/scsi_lifecycle_livepatch.ko "$UPDATES" || fail "the modules cannot be copied"
	depmod || fail "depmod failed"
}

# Two disks of a host each, of which the page's commands mean the second.
two_disks() {
	load_debug add_host=2
	stand_for "$(lun 0 0 2)" "$(disk 0 0 2)"
}

prepare() {
	use page
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nexec "$@"\n' >/bin/sudo
	cat >/bin/make <<'EOF'
#!/bin/sh
# What tests/install/check shows of these two, and nothing else.
[ "$*" = "uninstall uninstall-tools" ] || exit 2
rm "/lib/modules/$(uname -r)/updates/scsi_lifecycle.ko" "/lib/modules/$(uname -r)/updates/scsi_lifecycle_livepatch.ko"
depmod
EOF
	# The guest has no udevd.
	printf '#!/bin/sh\n[ "$*" = settle ]\n' >/bin/udevadm
	chmod 755 /bin/sudo /bin/make /bin/udevadm
	install_modules
}

guard() {
	good_days
	a_hang
	page_is_followed
	keep_a_flush
}

good_days() {
	two_disks
	follow 'First five minutes' 0 0 0 0 0 0 0
	shows 'loaded: [0-9]* hosts, [0-9]* devices, 0 removals under way'
	shows 'none blocked, none being removed'
	[ "$(cat /sys/module/scsi_lifecycle/parameters/teardown_tmo)" = 10 ] || fail "teardown_tmo was not set"
	grep -q 'teardown_tmo=10' /etc/modprobe.d/scsi_lifecycle.conf || fail "teardown_tmo does not persist"
	rmmod scsi_debug || fail "scsi_debug cannot be unloaded"
	follow Verify 0 0 0 0
	shows 'gone in .*, flush completed'
	shows 'flush=completed'
	two_disks
	follow Tune 0 0
	patched || wait_for 60 patched || fail "the livepatch does not take effect"
	[ "$(cat "$(device 0 0 2)/teardown_tmo")" = 60 ] || fail "the disk has no time of its own"
	follow Monitor 0
	shows '^scsi_lifecycle_flushes_total.*completed.* 3$'
	follow Uninstall 0 0 0 0 0
	[ ! -e /sys/module/scsi_lifecycle ] || fail "the module is loaded still"
	! ls /etc/modprobe.d/scsi_lifecycle.conf /etc/modules-load.d/scsi_lifecycle.conf || fail "settings are left behind"
	! find "$UPDATES" -name '*.ko' | grep . || fail "modules are left behind"
}

# The path of both disks is lost, and the second one is deleted. The time is longer than what ends it.
a_hang() {
	load_flaky
	install_modules
	echo "options scsi_lifecycle teardown_tmo=60" >/etc/modprobe.d/scsi_lifecycle.conf
	stop_target
	stop_lun 0 0 2
	spawn delete delete 0 0 2
	expect_hang delete blk_execute_rq 2
	asked=$(now)
	# A process that ends meanwhile has no stack.
	follow 'Do I need it?' 0 0 '[02]'
	shows '^scsi_debug$'
	shows '/device/state:offline'
	shows '/proc/[0-9]*/task/[0-9]*/stack'
	follow 'When something hangs' 1 0 0 4 0 0 0
	deleted=$(lun 0 0 2)
	shows "1. $deleted.* is being removed by .*, delete"
	shows "device=$deleted .* flush=killed"
	shows "$deleted: scsi_lifecycle: cache flush lost: blocked for at least"
	known=$(($(now) - asked))
	# Five minutes are what an administrator may be asked for.
	[ $known -le 300000 ] || fail "what was lost is known after $known ms"
	wait_for 5 ended delete || fail "the deletion goes on waiting"
}

# What docs/troubleshooting.md advises for a flush that must not be lost: the path of the first disk comes back later.
keep_a_flush() {
	rmmod scsi_lifecycle || fail "the module cannot be unloaded"
	rm /etc/modprobe.d/scsi_lifecycle.conf
	kept=$(lun 0)
	spawn kept delete 0
	expect_hang kept blk_execute_rq 2
	PAGE=/put/troubleshooting.md
	follow 'To keep the flush' 0 0
	wait_for 60 patched || fail "the livepatch does not take effect"
	unblock_target
	wait_for 20 ended kept || fail "the deletion does not end when the path is back"
	wait_for 5 grep -q "device=$kept .* flush=completed" /sys/class/scsi_lifecycle/removed ||
		fail "the flush is lost: $(cat /sys/class/scsi_lifecycle/removed)"
	note "each command; what was lost is known after $known ms; and a flush that was kept"
}
