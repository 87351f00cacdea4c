# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# A machine whose packages were upgraded, and whose administrator had enabled both modules before that.
use packages

holds 'systemd boots the other kernel, and no unit fails' boots_whole
holds 'the module that was enabled is loaded by the boot' is_loaded scsi_lifecycle
holds 'it is that of the newer package' has_version scsi_lifecycle
holds 'the livepatch is loaded by the boot' wait_for 120 patched
one_disk
holds 'a removal that would hang ends on the other kernel' guarded_deletion_ends
pass
