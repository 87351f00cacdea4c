// SPDX-License-Identifier: GPL-2.0
#include <linux/reboot.h>

#include "device.h"
#include "guard.h"
#include "host.h"
#include "walk.h"

static bool rebooting;

bool scl_rebooting(void)
{
	return READ_ONCE(rebooting);
}

static void begin(struct scl_host *host, void *arg)
{
	struct scsi_device *sdev;

	scl_for_each_device(sdev, host->shost)
		scl_device_observe(sdev);
	scl_host_look_after(host, 0);
}

/*
 * Called before device_shutdown(), for reboot, poweroff and kexec alike (kernel/reboot.c): the time of every blocked device
 * begins, and what it flushes is seen.
 */
static int reboot_event(struct notifier_block *nb, unsigned long action, void *data)
{
	WRITE_ONCE(rebooting, true);
	scl_hosts_each(begin, NULL);
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
