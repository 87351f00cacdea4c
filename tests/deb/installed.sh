# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# A machine with the packages: what is active by itself, what the administrator enables, and what a purge takes away.
use packages

MODPROBE=/etc/modprobe.d/scsi_lifecycle.conf
LOAD=/etc/modules-load.d/scsi_lifecycle.conf
METRICS=/var/lib/prometheus/node-exporter/scsi_lifecycle.prom
TIMER=scsi-lifecycle-metrics.timer

parameters() { grep -H . /sys/module/scsi_lifecycle/parameters/*; }

# The lines of the file are the defaults: with all of them in force nothing is different.
commented_options_are_the_defaults() {
	modprobe scsi_lifecycle && parameters >/run/defaults && rmmod scsi_lifecycle || return
	sed -i 's/^#options /options /' $MODPROBE
	[ "$(grep -c '^options' $MODPROBE)" = "$(wc -l </run/defaults)" ] || { echo "not each parameter has its line"; return 1; }
	modprobe scsi_lifecycle && parameters | diff /run/defaults - && rmmod scsi_lifecycle
}

enabled_module_is_loaded() {
	scsi-lifecycle set --persist teardown_tmo=2 || return
	sed -i 's/^#scsi_lifecycle$/scsi_lifecycle/' $LOAD
	systemctl restart systemd-modules-load.service || return
	is_loaded scsi_lifecycle || { echo "it is not loaded"; return 1; }
	[ "$(cat /sys/module/scsi_lifecycle/parameters/teardown_tmo)" = 2 ] || { echo "teardown_tmo is not 2"; return 1; }
}

policy_is_applied() {
	printf '[device]\ndriver = scsi_debug\nteardown_tmo = 3\n' >/etc/scsi_lifecycle/policy.d/debug.conf
	one_disk
	[ "$(cat "/sys/class/scsi_lifecycle/$(lun 0)/teardown_tmo")" = 3 ] ||
		{ echo "its teardown_tmo is $(cat "/sys/class/scsi_lifecycle/$(lun 0)/teardown_tmo")"; return 1; }
}

livepatch_comes_and_goes() {
	modprobe scsi_lifecycle_livepatch || return
	wait_for 120 patched || { echo "it does not take effect"; return 1; }
	has_version scsi_lifecycle_livepatch || return
	unload_livepatch
}

metrics_are_written() { grep -qx 'scsi_lifecycle_loaded 1' $METRICS; }

timer_writes_metrics() {
	mkdir -p ${METRICS%/*}
	systemctl enable -q --now $TIMER || return
	wait_for 120 metrics_are_written || { systemctl status ${TIMER%.timer}.service; return 1; }
}

timer_is_there() { systemctl is-enabled -q $TIMER && systemctl is-active -q $TIMER; }

# What lies in /put is the next version.
upgrade_leaves_the_timer() {
	dpkg -i /put/scsi-lifecycle_*.deb && timer_is_there
}

purges() { apt-get -y purge scsi-lifecycle scsi-lifecycle-dkms; }

# The helpers of the test itself lie in /modules and /put.
nothing_is_left() {
	find / -xdev -name '*scsi[-_]lifecycle*' ! -path '/modules/*' ! -path '/put/*' ! -path '/examples/*' \
		! -path '/var/log/*' >/run/left
	! grep . /run/left || return
	! systemctl is-active -q $TIMER ${TIMER%.timer}.service || { echo "$TIMER goes on"; return 1; }
	! dkms status | grep . || return
	! modprobe -n scsi_lifecycle 2>/dev/null || { echo "modprobe still finds it"; return 1; }
}

holds 'systemd boots, and no unit fails' boots_whole
holds 'no module is loaded by itself' is_not_loaded scsi_lifecycle
holds 'the options in modprobe.d are the defaults' commented_options_are_the_defaults
holds 'a module that the administrator enables is loaded with the boot, with its option' enabled_module_is_loaded
holds 'it is that of the package' has_version scsi_lifecycle
holds 'udev applies the policy' policy_is_applied
holds 'a removal that would hang ends, and its flush is said to be lost' guarded_deletion_ends
holds 'the livepatch is loaded, and unloaded' livepatch_comes_and_goes
holds 'the timer writes the metrics' timer_writes_metrics
holds 'the timer goes on when the command is upgraded' upgrade_leaves_the_timer
holds 'the packages are purged while the module is loaded' purges
holds 'nothing is left' nothing_is_left
disk_comes_back
holds 'the module that was loaded still ends a removal' guarded_delete_ends
holds 'it is unloaded' rmmod scsi_lifecycle
pass
