// SPDX-License-Identifier: GPL-2.0
#include <linux/reboot.h>

#include "guard.h"
#include "host.h"

/* Called before device_shutdown(), for reboot, poweroff and kexec alike (kernel/reboot.c). */
static int reboot_event(struct notifier_block *nb, unsigned long action, void *data)
{
	scl_hosts_reboot();
	return NOTIFY_DONE;
}

/* First, because others (md) write to their disks in theirs. Those that were loaded earlier still win. */
static struct notifier_block notifier = {
	.notifier_call = reboot_event,
	.priority = INT_MAX,
};

int scl_reboot_register(void)
{
	return register_reboot_notifier(&notifier);
}

void scl_reboot_unregister(void)
{
	unregister_reboot_notifier(&notifier);
}
