// SPDX-License-Identifier: GPL-2.0
//
// Holds a device, for tests: loading this module takes the reference, unloading it drops it. With
// attach=1 the module only attaches a consumer.
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/module.h>
#include <scsi/scsi_lifecycle.h>

static char *device;
module_param(device, charp, 0);
MODULE_PARM_DESC(device, "H:C:T:L");

static bool forget;
module_param(forget, bool, 0);
MODULE_PARM_DESC(forget, "do not put or detach it when unloaded");

static bool attach;
module_param(attach, bool, 0);
MODULE_PARM_DESC(attach, "attach to it, instead of taking a reference");

static bool leave;
module_param(leave, bool, 0);
MODULE_PARM_DESC(leave, "detach inside of gone()");

static unsigned int slow;
module_param(slow, uint, 0);
MODULE_PARM_DESC(slow, "gone() takes so many seconds");

static char *again;
module_param(again, charp, 0);
MODULE_PARM_DESC(again, "H:C:T:L to attach to at the end of gone(), having detached");

static bool late;
module_param(late, bool, 0);
MODULE_PARM_DESC(late, "gone() goes on a second after the module's exit has begun");

static bool exits;
static struct scsi_device *held;
static int hold(const char *address);

static void gone(struct scsi_lifecycle_consumer *consumer, const struct scsi_lifecycle_record *last)
{
	int err = leave ? scsi_lifecycle_detach(consumer) : 0;

	pr_info("%s: told that it is gone, flush %u, detached %d\n", device, last->flush, err);
	ssleep(slow);
	while (late && !READ_ONCE(exits))
		msleep(20);
	if (late)
		ssleep(1);
	if (again && !err)
		hold(again);
	pr_info("%s: has been told\n", device);
}

static struct scsi_lifecycle_consumer consumer = { .gone = gone };

static int take(struct scsi_device *sdev)
{
	int err = attach ? scsi_lifecycle_attach(sdev, &consumer) : scsi_lifecycle_get(sdev);

	if (!err && !attach)
		held = sdev;
	return err;
}

/*
 * A device is found under host_lock, where both functions may be called. The reference on the host
 * is short, and no test removes the host meanwhile.
 */
static int find_and_take(struct Scsi_Host *shost, const char *address, unsigned int channel,
			 unsigned int id, u64 lun)
{
	struct scsi_device *sdev;
	int stock = -ENODEV, err = -ENODEV;
	unsigned long flags;

	spin_lock_irqsave(shost->host_lock, flags);
	sdev = __scsi_device_lookup(shost, channel, id, lun);
	if (sdev) {
		err = take(sdev);
		stock = scsi_device_get(sdev);
	}
	spin_unlock_irqrestore(shost->host_lock, flags);
	if (!stock)
		scsi_device_put(sdev);
	pr_info("%s: scsi_device_get() says %d, scsi_lifecycle_%s() %d\n", address, stock,
		attach ? "attach" : "get", err);
	return err;
}

static int hold(const char *address)
{
	unsigned int host, channel, id;
	struct Scsi_Host *shost;
	char end;
	u64 lun;
	int err;

	if (!address || sscanf(address, "%u:%u:%u:%llu%c", &host, &channel, &id, &lun, &end) != 4) {
		pr_warn("\"%s\" is no H:C:T:L\n", address ?: "");
		return -EINVAL;
	}
	shost = scsi_host_lookup(host);
	if (!shost)
		return -ENODEV;
	err = find_and_take(shost, address, channel, id, lun);
	scsi_host_put(shost);
	return err;
}

static int __init holder_init(void)
{
	return hold(device);
}

static void __exit holder_exit(void)
{
	WRITE_ONCE(exits, true);
	if (forget)
		return;
	if (held)
		scsi_lifecycle_put(held);
	else
		pr_info("%s: detached %d\n", device, scsi_lifecycle_detach(&consumer));
}

module_init(holder_init);
module_exit(holder_exit);

MODULE_DESCRIPTION("Holds a SCSI device, for tests");
MODULE_LICENSE("GPL");
