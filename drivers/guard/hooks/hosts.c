// SPDX-License-Identifier: GPL-2.0
//
// A host is remembered from its first announcement until its last.
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "api/api.h"
#include "hooks.h"
#include "sdev/sdev.h"
#include "teardown/teardown.h"
#include "user/user.h"

static DEFINE_MUTEX(scl_hosts_mutex);
static DEFINE_MUTEX(scl_forget_mutex);	/* one host is forgotten at a time, from end to end */
static bool closing;			/* under scl_hosts_mutex */

/*
 * 6.1 forgets the module in hostt once it is being unloaded; the driver of the adapter still knows
 * it.
 */
static struct module *lld_of(struct Scsi_Host *shost)
{
	struct device *parent = shost->shost_gendev.parent;
	struct module *lld = READ_ONCE(shost->hostt->module);
	struct device_driver *drv;

	if (lld)
		return lld;
	drv = parent ? READ_ONCE(parent->driver) : NULL;
	return drv ? drv->owner : NULL;
}

/* 1: the host is remembered; 0: not yet; or the error for which it cannot be. */
static int is_remembered(struct Scsi_Host *shost)
{
	struct scl_host *known = scl_host_by_number(shost->host_no);

	/*
	 * scsi_remove_host() sets SHOST_DEL before the bus announces, twice, that the host is
	 * removed: one that is remembered here is found and forgotten at the first announcement, or
	 * at the second, which waits for the readers: host_removed() of hooks/bus.c.
	 */
	if (closing || scl_host_removed(shost))
		return -ENXIO;
	if (known)
		return known->shost == shost ? 1 : -EBUSY;
	return 0;
}

static int remember(struct Scsi_Host *shost)
{
	struct scl_host *host = kzalloc(sizeof(*host), GFP_NOIO);
	int err;

	if (!host)
		return -ENOMEM;
	host->shost = shost;
	host->lld = lld_of(shost);
	host->teardown_tmo = SCL_TMO_DEFAULT;
	scl_spare_init(&host->spare);
	scl_poll_init(host);

	err = scl_host_insert(host);
	if (err)
		kfree(host);
	else
		scl_sysfs_add(&shost->shost_gendev);
	return err;
}

/**
 * scl_host_remember - begin to remember a host; harmless if it is remembered already
 * @shost: the host
 *
 * Context: may sleep. Caller knows @shost to be there.
 * Return: 0; -ENXIO when its removal is complete or this module is being unloaded; -EBUSY while
 * another host that is remembered has its number; -ENOMEM.
 */
int scl_host_remember(struct Scsi_Host *shost)
{
	/* No allocation here may write to a disk: callers are in read sections of scl_srcu. */
	unsigned int noio = memalloc_noio_save();
	int err;

	/* The attribute is created before a host can be forgotten, which removes the attribute. */
	mutex_lock(&scl_hosts_mutex);
	err = is_remembered(shost);
	if (!err)
		err = remember(shost);
	mutex_unlock(&scl_hosts_mutex);
	memalloc_noio_restore(noio);
	if (err == -ENOMEM || err == -EBUSY)
		shost_printk(KERN_WARNING, shost,
			     "scsi_lifecycle: cannot be remembered, and is not guarded: %d\n", err);
	return min(err, 0);
}

/*
 * Under scl_forget_mutex the Scsi_Host is there as long as its object is: the bus's last
 * announcement of it waits for the mutex.
 */
static void forget(struct scl_host *host, enum scl_stage_event event)
{
	struct Scsi_Host *shost = host->shost;

	lockdep_assert_held(&scl_forget_mutex);
	mutex_lock(&scl_devices_mutex);
	host->forgotten = true;
	mutex_unlock(&scl_devices_mutex);
	/* While the host can be found: its last uevent is about a removed device. */
	scl_lifetimes_end(shost, event);
	mutex_lock(&scl_hosts_mutex);
	scl_host_erase(host);
	mutex_unlock(&scl_hosts_mutex);

	scl_sysfs_remove(&shost->shost_gendev);
	/*
	 * 1. scl_host_erase() made it unreachable, and so did the end of its devices: no new reader
	 *    finds it.
	 * 2. Every earlier reader has ended after this, and dropped its references on its devices.
	 * 3. Only readers queue the poll, and the poll itself, which cancelling takes into account.
	 */
	synchronize_srcu(&scl_srcu);
	cancel_delayed_work_sync(&host->poll);
	scl_spare_forget(host, event == SCL_STAGE_EVENT_REMOVED);
	kfree(host);
}

/**
 * scl_host_forget - forget a host that is removed
 * @shost: the host
 *
 * No object of this module refers to the host or its devices after this.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_host_forget(struct Scsi_Host *shost)
{
	struct scl_host *host;

	mutex_lock(&scl_forget_mutex);
	host = scl_host_by_number(shost->host_no);
	if (host && host->shost == shost) {
		scl_expedite();
		forget(host, SCL_STAGE_EVENT_REMOVED);
	}
	mutex_unlock(&scl_forget_mutex);
}

/* A removal that stock would not have left waiting. */
static void give_back(struct scl_host *host)
{
	struct scl_device *device;
	struct scsi_device *sdev;
	int idx = srcu_read_lock(&scl_srcu);

	scl_for_each_device(sdev, host->shost) {
		device = scl_device_find(sdev);
		switch (device ? scl_sdev_event_to_give_back(device, sdev) : SCL_EVENT_NONE) {
		case SCL_EVENT_DEADLINE:
			scl_removal_end(host, device, sdev);
			break;
		case SCL_EVENT_UNBLOCK:
			scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING);
			break;
		default:
			break;
		}
	}
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_hosts_give_back - end the waits that stock would not have, as stock would
 *
 * For the unload of this module, and before it waits for anything: a removal may hold what it waits
 * for. No caller of the functions that make such a wait is left.
 *
 * Context: may sleep; the bus notifier is still registered.
 */
void scl_hosts_give_back(void)
{
	struct scl_host *host;
	unsigned long number;

	mutex_lock(&scl_forget_mutex);
	for (number = 0; (host = scl_host_next(&number)); number++)
		give_back(host);
	mutex_unlock(&scl_forget_mutex);
}

/**
 * scl_hosts_forget_all - forget all hosts, and remember none from now on
 *
 * Context: may sleep; the bus notifier is still registered.
 */
void scl_hosts_forget_all(void)
{
	struct scl_host *host;
	unsigned long number;

	mutex_lock(&scl_hosts_mutex);
	closing = true;
	mutex_unlock(&scl_hosts_mutex);

	mutex_lock(&scl_forget_mutex);
	for (number = 0; (host = scl_host_next(&number)); number++)
		forget(host, SCL_STAGE_EVENT_FORGOTTEN);
	mutex_unlock(&scl_forget_mutex);
}

/**
 * scl_hosts_forget_lld - forget the hosts of an LLD whose text is about to be freed
 * @lld: the module; its exit has run
 *
 * An LLD removes its hosts in its exit. Of one that did not, the next poll would dereference freed
 * text.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_hosts_forget_lld(struct module *lld)
{
	struct scl_host *host;
	unsigned long number;

	mutex_lock(&scl_forget_mutex);
	for (number = 0; (host = scl_host_next(&number)); number++)
		if (scl_host_is_of(host->shost, host->lld, lld)) {
			pr_warn("%s left host%u behind\n", module_name(lld), host->shost->host_no);
			forget(host, SCL_STAGE_EVENT_FORGOTTEN);
		}
	mutex_unlock(&scl_forget_mutex);
}
