// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "attr.h"
#include "device.h"
#include "end.h"
#include "guard.h"
#include "host.h"
#include "policy.h"
#include "record.h"
#include "wait.h"
#include "walk.h"
#include "watch.h"

static DEFINE_XARRAY(hosts);		/* by host_no; written under scl_hosts_mutex, read under scl_srcu */
static DEFINE_MUTEX(scl_hosts_mutex);
static DEFINE_MUTEX(scl_forget_mutex);	/* one host is forgotten at a time, from end to end */
static bool closing;			/* under scl_hosts_mutex */
struct workqueue_struct *scl_looks;

/**
 * scl_host_dying - is the whole host going away?
 * @host: the host
 *
 * Its own removal has begun, or its LLD is being unloaded (which is not announced: the module notifier is called after
 * the LLD's exit).
 *
 * Context: any; an answer that changes meanwhile is seen at the next look.
 */
bool scl_host_dying(const struct scl_host *host)
{
	switch (READ_ONCE(host->shost->shost_state)) {
	case SHOST_CANCEL:
	case SHOST_DEL:
	case SHOST_CANCEL_RECOVERY:
	case SHOST_DEL_RECOVERY:
		return true;
	default:
		return host->lld && !module_is_live(host->lld);
	}
}

/*
 * Something is being removed or scanned; what waits in blk_mq_destroy_queue() is in SDEV_DEL, and
 * only this tells it from a removed device that somebody still holds.
 */
static bool host_busy(struct scl_host *host)
{
	return mutex_is_locked(&host->shost->scan_mutex);
}

static void host_look(struct work_struct *work)
{
	struct scl_host *host = container_of(to_delayed_work(work), struct scl_host, look);
	struct scl_blocker blocker = {};
	struct scsi_device *sdev;
	scl_ms again = SCL_NEVER;
	const void *last;
	int idx = srcu_read_lock(&scl_srcu);

	/* Whoever is in SDEV_DEL now has been removed, and is only held. */
	last = READ_ONCE(host->last_removed);
	if (!host_busy(host))
		cmpxchg(&host->last_removed, last, (const void *)host);
	scl_for_each_device(sdev, host->shost) {
		again = min(again, scl_device_look(host, sdev));
		scl_wait_look(host, sdev, &blocker);
		if (READ_ONCE(sdev->sdev_state) == SDEV_DEL && host_busy(host))
			again = min(again, SCL_LOOK_MS);
	}
	scl_spare_poll(host);
	scl_host_look_after(host, again);
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_host_look_after - look at a host's devices after a while
 * @host: the host
 * @delay: milliseconds, SCL_LOOK_MS at most; SCL_NEVER: no need to
 *
 * A look that is due already stays as it is, so this one comes SCL_LOOK_MS late at worst.
 *
 * Context: any. Caller is in a read section of scl_srcu.
 */
void scl_host_look_after(struct scl_host *host, scl_ms delay)
{
	if (delay != SCL_NEVER)
		queue_delayed_work(scl_looks, &host->look, msecs_to_jiffies(delay));
}

/**
 * scl_host_look_now - look at a host's devices at once, also where a look is due
 * @host: the host
 *
 * Context: any. Caller is in a read section of scl_srcu.
 */
void scl_host_look_now(struct scl_host *host)
{
	mod_delayed_work(scl_looks, &host->look, 0);
}

/* 6.1 forgets the module in hostt once it is being unloaded; the driver of the adapter still knows it. */
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

/**
 * scl_host_is_of - does a host belong to an LLD?
 * @shost: the host
 * @known: the LLD that was remembered of it, or NULL
 * @lld: the LLD, whose text is still there
 *
 * Where the host does not say whose it is, because the LLD was being unloaded when the host was first seen, and
 * its adapter's driver is another's or nobody's, the template does, or its functions, by where they are.
 *
 * Context: any. Caller knows @shost to be there.
 */
bool scl_host_is_of(const struct Scsi_Host *shost, const struct module *known, const struct module *lld)
{
	return known == lld || within_module((unsigned long)shost->hostt, lld) ||
	       (!known && within_module((unsigned long)shost->hostt->queuecommand, lld));
}

/* 1: it is; 0: not yet; or the error for which it cannot be. */
static int is_remembered(struct Scsi_Host *shost)
{
	struct scl_host *known = xa_load(&hosts, shost->host_no);

	/*
	 * scsi_remove_host() sets SHOST_DEL before the bus notifier hears of the host for the last time
	 * and comes to scl_host_forget(): a record made here is always found and dropped there.
	 */
	if (closing || READ_ONCE(shost->shost_state) == SHOST_DEL ||
	    READ_ONCE(shost->shost_state) == SHOST_DEL_RECOVERY)
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
	INIT_DELAYED_WORK(&host->look, host_look);

	err = xa_err(xa_store(&hosts, shost->host_no, host, GFP_NOIO));
	if (err)
		kfree(host);
	else
		scl_attr_add(&shost->shost_gendev);
	return err;
}

/**
 * scl_host_remember - begin to remember a host; harmless if it is remembered already
 * @shost: the host
 *
 * Context: may sleep. Caller knows @shost to be there.
 * Return: 0; -ENXIO when its removal is complete or this module leaves; -EBUSY while another host's
 * record has its number; -ENOMEM.
 */
int scl_host_remember(struct Scsi_Host *shost)
{
	/* Not for memory that a disk has to be written to for: callers are in read sections of scl_srcu. */
	unsigned int noio = memalloc_noio_save();
	int err;

	/* The attribute is there before a host can be forgotten, which takes it away. */
	mutex_lock(&scl_hosts_mutex);
	err = is_remembered(shost);
	if (!err)
		err = remember(shost);
	mutex_unlock(&scl_hosts_mutex);
	memalloc_noio_restore(noio);
	if (err == -ENOMEM || err == -EBUSY)
		shost_printk(KERN_WARNING, shost, "scsi_lifecycle: cannot be remembered, and is not guarded: %d\n", err);
	return min(err, 0);
}

/**
 * scl_host_find - the record of a host
 * @shost: the host
 *
 * Context: any. Caller is in a read section of scl_srcu, and record and host are valid in it.
 * Return: the record, or NULL.
 */
struct scl_host *scl_host_find(struct Scsi_Host *shost)
{
	struct scl_host *host = scl_host_by_number(shost->host_no);

	return host && host->shost == shost ? host : NULL;
}

/**
 * scl_host_by_number - the record of the host that has a number now
 * @host_no: the number
 *
 * Context: as scl_host_find().
 * Return: the record, or NULL.
 */
struct scl_host *scl_host_by_number(unsigned int host_no)
{
	return xa_load(&hosts, host_no);
}

/*
 * Under scl_forget_mutex the host is there as long as its record is: the bus's last word on it waits
 * for the mutex.
 */
static void host_forget(struct scl_host *host, bool removed)
{
	struct Scsi_Host *shost = host->shost;

	lockdep_assert_held(&scl_forget_mutex);
	/* While the host is known: its last event is of a device that is gone. */
	scl_lives_end_host(shost, removed);
	mutex_lock(&scl_hosts_mutex);
	xa_erase(&hosts, shost->host_no);
	mutex_unlock(&scl_hosts_mutex);

	scl_attr_remove(&shost->shost_gendev);
	/*
	 * 1. Unreachable since xa_erase(): no new reader finds it.
	 * 2. The readers there were are gone after this, and their references on its devices.
	 * 3. Only readers queue the work, and the work itself, which cancelling takes into account.
	 */
	synchronize_srcu(&scl_srcu);
	cancel_delayed_work_sync(&host->look);
	scl_spare_forget(host, removed);
	scl_records_forget_host(shost->host_no);
	kfree(host);
}

/**
 * scl_host_forget - the host goes away
 * @shost: the host
 *
 * Nothing of this module refers to the host or its devices after this.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_host_forget(struct Scsi_Host *shost)
{
	struct scl_host *host;

	mutex_lock(&scl_forget_mutex);
	host = xa_load(&hosts, shost->host_no);
	if (host && host->shost == shost)
		host_forget(host, true);
	mutex_unlock(&scl_forget_mutex);
}

/**
 * scl_hosts_forget_all - the module goes away; no host is remembered from now on
 *
 * Context: may sleep; the bus notifier is still registered.
 */
void scl_hosts_forget_all(void)
{
	struct scl_host *host;
	unsigned long no;

	mutex_lock(&scl_hosts_mutex);
	closing = true;
	mutex_unlock(&scl_hosts_mutex);

	mutex_lock(&scl_forget_mutex);
	xa_for_each(&hosts, no, host)
		host_forget(host, false);
	mutex_unlock(&scl_forget_mutex);
}

/**
 * scl_hosts_forget_lld - the text of an LLD is about to go
 * @lld: the module; its exit has run
 *
 * An LLD removes its hosts in its exit; one that did not would be oopsed into by the next look.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_hosts_forget_lld(struct module *lld)
{
	struct scl_host *host;
	unsigned long no;

	mutex_lock(&scl_forget_mutex);
	xa_for_each(&hosts, no, host)
		if (scl_host_is_of(host->shost, host->lld, lld)) {
			pr_warn("%s left host%u behind\n", module_name(lld), host->shost->host_no);
			host_forget(host, false);
		}
	mutex_unlock(&scl_forget_mutex);
}

/**
 * scl_hosts_each - call a function for each host
 * @fn: may sleep, and finds itself in a read section of scl_srcu
 * @arg: for @fn
 *
 * Context: may sleep.
 */
void scl_hosts_each(void (*fn)(struct scl_host *host, void *arg), void *arg)
{
	struct scl_host *host;
	unsigned long no;
	int idx = srcu_read_lock(&scl_srcu);

	xa_for_each(&hosts, no, host)
		fn(host, arg);
	srcu_read_unlock(&scl_srcu, idx);
}

int scl_hosts_init(void)
{
	/*
	 * Not WQ_MEM_RECLAIM: a look may drop the last reference on a device, whose release waits for
	 * work on a queue that is not, and check_flush_dependency() in kernel/workqueue.c would warn. The
	 * price: without memory for one more worker, where no worker is idle, a look is late.
	 */
	scl_looks = alloc_workqueue("scsi_lifecycle", WQ_UNBOUND, 0);
	if (!scl_looks)
		return -ENOMEM;
	scl_watch_start();
	return 0;
}

void scl_hosts_exit(void)
{
	scl_watch_stop();
	destroy_workqueue(scl_looks);
}
