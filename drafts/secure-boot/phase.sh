# SPDX: test
insmod /put/efivarfs.ko; mount -t securityfs none /sys/kernel/security; mount -t efivarfs none /sys/firmware/efi/efivars || echo "NO efivarfs"
mok() { /put/ld-linux-x86-64.so.2 --library-path /put /put/mokutil "$@"; }
say() { echo "SB: $*" >/dev/console; }
attempt() { "$@" 2>&1 | while read -r l; do say "$* -> $l"; done; }
say "sb-state: $(mok --sb-state 2>&1)"
say "lockdown: $(cat /sys/kernel/security/lockdown)"
say "sig_enforce: $(cat /sys/module/module/parameters/sig_enforce)"
modprobe scsi_mod && say scsi_mod loaded
attempt insmod /put/unsigned.ko
say "after unsigned: $(grep -c ^scsi_lifecycle /proc/modules)"
attempt insmod /put/signed.ko
say "after signed: $(grep -c ^scsi_lifecycle /proc/modules)"
dmesg | grep -iE 'lockdown|loading out|verification|x\.509|key|taint|scsi_lifecycle' | tail -20 | while read -r l; do say "dmesg $l"; done
if grep -q ^scsi_lifecycle /proc/modules; then
  attempt sh -c 'echo 1 >/sys/kernel/debug/scsi_lifecycle/rescue'
  attempt sh -c 'echo 1 >/sys/class/scsi_lifecycle/rescue && echo class rescue fine'
  attempt head -2 /sys/kernel/debug/scsi_lifecycle/counters
  attempt rmmod scsi_lifecycle
else
  say "enrolled: $(mok --list-enrolled 2>&1 | grep -c 'own key')"
  mok --generate-hash=12345678 >/run/hash
  attempt /put/ld-linux-x86-64.so.2 --library-path /put /put/mokutil --import /put/own.der --hash-file /run/hash
  say "new: $(mok --list-new 2>&1 | grep -c 'own key')"
fi
sync
echo SB: DONE >/dev/console
reboot -f
