// SPDX-License-Identifier: GPL-2.0
#include <linux/reboot.h>

#include "hooks.h"
#include "teardown/teardown.h"

/*
 * Called before device_shutdown(), for reboot, poweroff and kexec alike (kernel/reboot.c): the
 * deadline of every blocked device begins, and its flushes are observed.
 */
static int reboot_event(struct notifier_block *nb, unsigned long action, void *data)
{
	scl_reboot_begins();
	return NOTIFY_DONE;
}

/*
 * Called early, because other notifiers write to their disks (dm-integrity). md's has the same
 * priority (md_notifier of drivers/md/md.c): where md was loaded first, it is called first, and
 * what it waits for is waited for as on stock.
 */
static struct notifier_block reboot_notifier = {
	.notifier_call = reboot_event,
	.priority = INT_MAX,
};

int scl_reboot_register(void)
{
	return register_reboot_notifier(&reboot_notifier);
}

void scl_reboot_unregister(void)
{
	unregister_reboot_notifier(&reboot_notifier);
}
