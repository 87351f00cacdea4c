// SPDX-License-Identifier: GPL-2.0
//
// References on devices for callers that rely on the LLD's text, also while the LLD is being
// unloaded: see hooks/module.c.
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/refcount.h>
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
	spinlock_t lock;	/* the two below */
	struct hlist_head references;
	struct reference *unused;	/* for the next device that has none */
} ____cacheline_aligned_in_smp buckets[1 << BUCKET_BITS] = {
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

static struct reference *begin(struct bucket *bucket, struct scsi_device *sdev, struct module *lld)
{
	struct reference *ref = bucket->unused ?: kmalloc(sizeof(*ref), GFP_ATOMIC);

	bucket->unused = NULL;
	if (ref) {
		*ref = (struct reference){ .sdev = sdev, .lld = lld };
		hlist_add_head(&ref->node, &bucket->references);
	}
	return ref;
}

/* The caller frees what is returned. */
static struct reference *end_if_last(struct bucket *bucket, struct reference *ref)
{
	if (ref->active || ref->passive)
		return NULL;
	hlist_del(&ref->node);
	swap(bucket->unused, ref);
	return ref;
}

/* The bucket's lock is held. */
static int take(struct bucket *bucket, struct scsi_device *sdev, struct module *lld)
{
	struct reference *ref = find(bucket, sdev) ?: begin(bucket, sdev, lld);

	if (!ref)
		return -ENOMEM;
	if (!kobject_get_unless_zero(&sdev->sdev_gendev.kobj)) {
		kfree(end_if_last(bucket, ref));
		return -ENXIO;
	}
	/*
	 * An LLD that is not known gives no module reference, so its unload counts this one; a
	 * built-in LLD is not unloaded.
	 */
	if (lld && try_module_get(lld))
		ref->active++;
	else
		ref->passive++;
	return 0;
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
	struct bucket *bucket;
	struct scl_host *host;
	unsigned long flags;
	int err = -ENXIO;

	if (!sdev)
		return -EINVAL;
	bucket = bucket_of(sdev);
	spin_lock_irqsave(&bucket->lock, flags);
	host = scl_host_find(sdev->host);
	if (host && scl_may_get(scl_sdev_state(sdev)))
		err = take(bucket, sdev, host->lld);
	spin_unlock_irqrestore(&bucket->lock, flags);
	return err;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_get);

enum drop { DROPPED, DROPPED_COUNT, IS_LAST, NOT_FOUND };

/*
 * DROPPED_COUNT, for a caller that may run the release: the reference on the device itself is left
 * to it. IS_LAST: it is the device's last, and nothing was done. *lld, if set here, is to be put as
 * well.
 */
static enum drop drop(struct scsi_device *sdev, bool may_release, struct module **lld)
{
	struct bucket *bucket = bucket_of(sdev);
	struct reference *ref, *unused = NULL;
	enum drop ret = NOT_FOUND;
	unsigned long flags;

	spin_lock_irqsave(&bucket->lock, flags);
	ref = find(bucket, sdev);
	if (ref && may_release)
		ret = DROPPED_COUNT;
	else if (ref)
		ret = refcount_dec_not_one(&sdev->sdev_gendev.kobj.kref.refcount) ? DROPPED :
										    IS_LAST;
	if (ret == DROPPED || ret == DROPPED_COUNT) {
		if (ref->passive) {
			ref->passive--;
		} else {
			ref->active--;
			*lld = ref->lld;
		}
		unused = end_if_last(bucket, ref);
	}
	spin_unlock_irqrestore(&bucket->lock, flags);
	kfree(unused);
	return ret;
}

/* The unload that this is counted for waits for the readers, and so for the release. */
static enum drop drop_last(struct scsi_device *sdev, struct module **lld)
{
	int idx = srcu_read_lock(&scl_srcu);
	enum drop ret = drop(sdev, true, lld);

	if (ret == DROPPED_COUNT) {
		put_device(&sdev->sdev_gendev);
		module_put(*lld);
		*lld = NULL;
	}
	srcu_read_unlock(&scl_srcu, idx);
	return ret;
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
	enum drop ret = NOT_FOUND;
	struct module *lld = NULL;

	might_sleep();
	if (sdev)
		ret = drop(sdev, false, &lld);
	if (ret == IS_LAST)
		ret = drop_last(sdev, &lld);
	module_put(lld);
	if (!WARN_ONCE(ret == NOT_FOUND, "scsi_lifecycle: put without a get\n") &&
	    wq_has_sleeper(&dropped))
		wake_up_all(&dropped);
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
		kfree(buckets[i].unused);
		buckets[i].unused = NULL;
		spin_unlock_irqrestore(&buckets[i].lock, flags);
	}
	wake_up_all(&dropped);
}
