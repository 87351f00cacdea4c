// SPDX-License-Identifier: GPL-2.0
//
// kexec: goes on with another kernel, by kexec_load(2) and reboot(2). That kernel is five
// instructions, which tell qemu's isa-debug-exit that they ran: qemu ends with 43, as it does for
// nothing else.
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where a kernel goes by default, within the first memory that any machine has. */
#define PLACE 0x1000000

static const unsigned char kernel[4096] = {
	0x66, 0xba, 0x01, 0x05,		/* mov $0x501, %dx */
	0xb0, 0x15,			/* mov $21, %al */
	0xee,				/* out %al, (%dx) */
	0xf4,				/* hlt */
	0xeb, 0xfd,			/* jmp to hlt */
};

int main(void)
{
	struct kexec_segment segment = {
		.buf = (void *)kernel,
		.bufsz = sizeof(kernel),
		.mem = (void *)PLACE,
		.memsz = sizeof(kernel),
	};

	if (syscall(SYS_kexec_load, PLACE, 1UL, &segment, KEXEC_ARCH_DEFAULT)) {
		perror("kexec_load");
		return 1;
	}
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
	perror("reboot");
	return 1;
}
