# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# A machine that was booted with module.sig_enforce=1 and without Secure Boot, whose firmware knows the key of dkms. Its
# administrator had enabled both modules before.
use packages

enforces_signatures() { [ "$(cat /sys/module/module/parameters/sig_enforce)" = Y ]; }

secure_boot_is_off() {
	mount -t securityfs none /sys/kernel/security 2>/dev/null
	grep -F '[none]' /sys/kernel/security/lockdown
}

# is_refused FILE
is_refused() {
	! insmod "$1" 2>/run/refused || { echo "it is loaded"; return 1; }
	cat /run/refused
	grep 'Key was rejected by service\|Required key not available' /run/refused
}

holds 'systemd boots, and no unit fails' boots_whole
holds 'the kernel takes only modules that are signed' enforces_signatures
holds 'Secure Boot is off' secure_boot_is_off
holds 'a module that is not signed is refused' is_refused /modules/scsi_flaky.ko
holds 'a module that is signed by another key is refused' is_refused /put/foreign.ko
holds 'the module that dkms has signed is loaded by the boot' is_loaded scsi_lifecycle
holds 'it is that of the newer package' has_version scsi_lifecycle
holds 'the livepatch that dkms has signed is loaded by the boot' wait_for 120 patched
pass
