// SPDX-License-Identifier: GPL-2.0
//
// References on devices for callers that rely on the LLD's text, also while the LLD is being
// unloaded: see hooks/module.c.
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <trace/events/scsi_lifecycle.h>

#include "api.h"
#include "sdev/sdev.h"

/* A reference holds the device, so that the device's address identifies it. */
struct reference {
	struct hlist_node node;
	struct scsi_device *sdev;
	struct module *lld;		/* NULL: unknown, or built in */
	unsigned int active;		/* each holds a reference on the module */
	unsigned int passive;		/* taken when the module gave no reference any more */
};

#define BUCKET_BITS 6
static struct bucket {
	spinlock_t lock;	/* references */
	struct hlist_head references;
} buckets[1 << BUCKET_BITS] = {
	[0 ... (1 << BUCKET_BITS) - 1] = { .lock = __SPIN_LOCK_UNLOCKED(buckets.lock) },
};

static DECLARE_WAIT_QUEUE_HEAD(dropped);

static struct bucket *bucket_of(struct scsi_device *sdev)
{
	return &buckets[hash_ptr(sdev, BUCKET_BITS)];
}

static struct reference *find(struct bucket *bucket, struct scsi_device *sdev)
{
	struct reference *ref;

	lockdep_assert_held(&bucket->lock);
	hlist_for_each_entry(ref, &bucket->references, node)
		if (ref->sdev == sdev)
			return ref;
	return NULL;
}

static int take(struct scsi_device *sdev, struct module *lld)
{
	struct reference *ref, *new = kzalloc(sizeof(*new), GFP_ATOMIC);
	struct bucket *bucket = bucket_of(sdev);
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&bucket->lock, flags);
	ref = find(bucket, sdev) ?: new;
	if (!ref) {
		err = -ENOMEM;
	} else if (!kobject_get_unless_zero(&sdev->sdev_gendev.kobj)) {
		err = -ENXIO;
	} else {
		if (ref == new) {
			new->sdev = sdev;
			new->lld = lld;
			hlist_add_head(&new->node, &bucket->references);
			new = NULL;
		}
		/*
		 * An LLD that is not known gives no module reference, so its unload counts this
		 * one; a built-in LLD is not unloaded.
		 */
		if (lld && try_module_get(lld))
			ref->active++;
		else
			ref->passive++;
	}
	spin_unlock_irqrestore(&bucket->lock, flags);
	kfree(new);
	return err;
}

/**
 * scsi_lifecycle_get - take a reference on a device, and keep its LLD's text
 * @sdev: the device
 *
 * As scsi_device_get(), also while the LLD is being unloaded: then its text stays until the
 * reference is dropped, and rmmod waits for that. The LLD is the module that the host's template
 * names, or, if it names none, that of the adapter's driver.
 *
 * While rmmod waits, so does a caller that registers a module notifier, and behind it one that
 * loads a module: the holder must need neither before its put.
 *
 * Context: any but NMI, and no raw spinlock held. As for scsi_device_get(), the caller holds a
 * reference, or host_lock, or knows in another way that @sdev is there.
 * Return: 0; -EINVAL without a device; -ENXIO in SDEV_CANCEL and SDEV_DEL, as in stock, once the
 * device's host is removed, which it is before the LLD's text can be freed, and if there was no
 * memory to remember the host; -ENOMEM.
 */
int scsi_lifecycle_get(struct scsi_device *sdev)
{
	struct scl_host *host;
	int idx, err = -ENXIO;

	if (!sdev)
		return -EINVAL;
	idx = srcu_read_lock(&scl_srcu);
	host = scl_host_find(sdev->host);
	if (host && scl_may_get(scl_sdev_state(sdev)))
		err = take(sdev, host->lld);
	srcu_read_unlock(&scl_srcu, idx);
	return err;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_get);

/* False: no reference was found; else *lld, if set here, is to be put as well. */
static bool drop(struct scsi_device *sdev, struct module **lld)
{
	struct bucket *bucket = bucket_of(sdev);
	struct reference *ref, *last = NULL;
	unsigned long flags;

	spin_lock_irqsave(&bucket->lock, flags);
	ref = find(bucket, sdev);
	if (ref) {
		if (ref->passive) {
			ref->passive--;
		} else {
			ref->active--;
			*lld = ref->lld;
		}
		if (!ref->active && !ref->passive) {
			hlist_del(&ref->node);
			last = ref;
		}
	}
	spin_unlock_irqrestore(&bucket->lock, flags);
	kfree(last);
	return ref;
}

/**
 * scsi_lifecycle_put - drop a reference that scsi_lifecycle_get() took
 * @sdev: the device
 *
 * A put without a get drops nothing, and warns once.
 *
 * Context: may sleep: the device's release may run, and has ended when this returns.
 */
void scsi_lifecycle_put(struct scsi_device *sdev)
{
	struct module *lld = NULL;
	int idx;

	might_sleep();
	idx = srcu_read_lock(&scl_srcu);
	if (!WARN_ONCE(!sdev || !drop(sdev, &lld), "scsi_lifecycle: put without a get\n")) {
		put_device(&sdev->sdev_gendev);
		module_put(lld);
		wake_up_all(&dropped);
	}
	srcu_read_unlock(&scl_srcu, idx);
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_put);

/**
 * scl_references_of - how many references there are on a device
 * @sdev: the device
 *
 * Context: any but NMI.
 */
unsigned int scl_references_of(struct scsi_device *sdev)
{
	struct bucket *bucket = bucket_of(sdev);
	struct reference *ref;
	unsigned long flags;
	unsigned int held;

	spin_lock_irqsave(&bucket->lock, flags);
	ref = find(bucket, sdev);
	held = ref ? ref->active + ref->passive : 0;
	spin_unlock_irqrestore(&bucket->lock, flags);
	return held;
}

/* The references on the devices of one LLD, and one such device. */
struct holders {
	unsigned int references, devices;
	unsigned int host, channel, id;
	u64 lun;
};

static struct holders holders_of(struct module *lld)
{
	struct holders held = {};
	struct reference *ref;
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		spin_lock_irqsave(&buckets[i].lock, flags);
		hlist_for_each_entry(ref, &buckets[i].references, node)
			if (scl_host_is_of(ref->sdev->host, ref->lld, lld)) {
				held.references += ref->active + ref->passive;
				held.devices++;
				held.host = ref->sdev->host->host_no;
				held.channel = ref->sdev->channel;
				held.id = ref->sdev->id;
				held.lun = ref->sdev->lun;
			}
		spin_unlock_irqrestore(&buckets[i].lock, flags);
	}
	return held;
}

/**
 * scl_references_drain - wait until no reference is held on a device of an LLD
 * @lld: the module; its hosts are forgotten
 *
 * Active references are waited for too: a forced unload ignores them.
 *
 * Context: may sleep; not from a read section of scl_srcu. Waits as long as they are held.
 */
void scl_references_drain(struct module *lld)
{
	struct holders held;

	if (trace_scl_unload_enabled())
		trace_scl_unload(lld, holders_of(lld).references);
	if (!wait_event_timeout(dropped, !holders_of(lld).references, 10 * HZ)) {
		held = holders_of(lld);
		pr_warn("the unload of %s waits for %u reference%s on %u device%s, one of them %u:%u:%u:%llu\n",
			module_name(lld), held.references, held.references == 1 ? "" : "s",
			held.devices, held.devices == 1 ? "" : "s", held.host, held.channel,
			held.id, held.lun);
		/*
		 * In slices, which the hung-task watchdog takes for progress: the log names a
		 * device.
		 */
		while (!wait_event_timeout(dropped, !holders_of(lld).references, 10 * HZ))
			;
	}
	/* The caller that dropped the last reference may still run the device's release. */
	synchronize_srcu(&scl_srcu);
}

/**
 * scl_references_exit - drop the references that are left when this module is unloaded
 *
 * The users of this module are unloaded before it: a reference that they did not put is never put.
 * An unload of an LLD that waits for it goes on; the references themselves, and that on the module
 * with an active one, are lost.
 *
 * Context: process.
 */
void scl_references_exit(void)
{
	struct reference *ref;
	struct hlist_node *next;
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		spin_lock_irqsave(&buckets[i].lock, flags);
		hlist_for_each_entry_safe(ref, next, &buckets[i].references, node) {
			sdev_printk(KERN_WARNING, ref->sdev,
				    "scsi_lifecycle: never put: %u active, %u passive\n",
				    ref->active, ref->passive);
			hlist_del(&ref->node);
			kfree(ref);
		}
		spin_unlock_irqrestore(&buckets[i].lock, flags);
	}
	wake_up_all(&dropped);
}
