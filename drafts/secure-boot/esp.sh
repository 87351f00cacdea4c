set -e
cd /tmp/sb; rm -f esp.img; truncate -s 64M esp.img; mkfs.vfat -F 32 esp.img >/dev/null
cat > grub.cfg <<'G'
set timeout=0
linux /vmlinuz console=ttyS0 no_timer_check quiet loglevel=6 mitigations=off panic=-1 random.trust_cpu=on
initrd /initrd
boot
G
for d in EFI EFI/BOOT EFI/debian; do mmd -i esp.img ::/$d; done
R=pk/root/usr/lib
mcopy -i esp.img $R/shim/shimx64.efi.signed ::/EFI/BOOT/BOOTX64.EFI
mcopy -i esp.img $R/shim/mmx64.efi.signed ::/EFI/BOOT/mmx64.efi
mcopy -i esp.img $R/grub/x86_64-efi-signed/grubx64.efi.signed ::/EFI/BOOT/grubx64.efi
mcopy -i esp.img grub.cfg ::/EFI/debian/grub.cfg
mcopy -i esp.img $1 ::/vmlinuz; mcopy -i esp.img $2 ::/initrd
cp /usr/share/OVMF/OVMF_VARS_4M.ms.fd vars.fd
