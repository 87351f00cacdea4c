// SPDX-License-Identifier: GPL-2.0
//
// A removal of one LUN that does not wait for the commands of another.
//
// The last step of blk_mq_destroy_queue() is blk_mq_del_queue_tag_set() of block/blk-mq.c: where
// one queue is left in the host's tag set, that queue is frozen to mark it as not shared. If its
// device is blocked and holds commands, the removal waits until the transport decides (P4), with
// scan_mutex and tag_list_lock held; and where the LLD is busy and takes none of them, until it
// does. A set that has one more queue does not shrink to one. So before such a removal gets there,
// a spare queue is added: the set is shared already, hence nothing is frozen for it. It stays until
// no device of the host has been blocked for a while and the other queue comes to rest for a
// moment, or until it is the only one.
//
// Code that iterates over the queues of a tag set finds a queue without a device:
// blk_mq_update_nr_hw_queues() and blk_mq_quiesce_tagset(), which do not ask for the device. No
// request is ever allocated from the spare queue. As long as it is there this module stays, because
// giving it back may freeze the queue of a device.
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <scsi/scsi_host.h>

#include "compat.h"
#include "sdev/sdev.h"
#include "teardown.h"

/*
 * A path that flaps is likely to be lost again soon. Then the device whose queue is frozen, to give
 * back the spare one, would delay its new commands, and the addition or removal of any LUN, until
 * the path is back.
 */
#define QUIET_MS	10000

/*
 * How long a device in use may wait for its queue to come to rest; after each failure twice as long
 * passes before the next attempt.
 */
#define REST_MS		200
#define MOST_DOUBLINGS	6

/* Does @is() hold for a device of the host other than @but? */
static bool is_any(struct scl_host *host, const struct scsi_device *but,
		   bool (*is)(struct scsi_device *sdev))
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scsi_device *sdev;
	bool found = false;

	scl_for_each_device(sdev, host->shost)
		found |= sdev != but && is(sdev);
	srcu_read_unlock(&scl_srcu, idx);
	return found;
}

static bool is_blocked(struct scsi_device *sdev)
{
	return scl_sdev_state(sdev).blocked;
}

/*
 * Such a device may delay the freeze of its queue: it has commands, if only for a moment. Caller is
 * in the removal of a device of the same host, under scan_mutex, so that no scan reallocates the
 * map that counts the commands at the LLD.
 */
static bool is_in_the_way(struct scsi_device *sdev)
{
	return is_blocked(sdev) || scl_count_unstarted(sdev) ||
	       (sdev->budget_map.map && scsi_device_busy(sdev));
}

/* Caller holds the lock. */
static void give_back_now(struct scl_spare *spare)
{
	if (!spare->queue)
		return;
	blk_mq_destroy_queue(spare->queue);
	blk_put_queue(spare->queue);
	WRITE_ONCE(spare->queue, NULL);
	module_put(THIS_MODULE);
}

static void give_back(struct scl_spare *spare)
{
	mutex_lock(&spare->lock);
	give_back_now(spare);
	mutex_unlock(&spare->lock);
}

/*
 * Only if the other queue has just come to rest: stock froze it at the removal, and no device may
 * be kept waiting later. The queue is not kept frozen until the spare one is removed, which may
 * take longer. In between there is the risk that stock takes at each removal: a command that hangs,
 * or a path that is lost, in that moment, delays the device, and any caller that adds or removes a
 * device or the host, until it ends, and that is reported. False: the queue did not come to rest.
 */
static bool try_to_give_back(struct scl_host *host)
{
	struct scl_spare *spare = &host->spare;
	struct request_queue *other = NULL;
	bool rests;

	if (scl_cpu_is_going() ||
	    !scl_tag_set_find_other(&host->shost->tag_set, spare->queue, &other))
		return true;
	rests = !other || scl_queue_comes_to_rest(other, REST_MS);
	if (other)
		blk_put_queue(other);
	if (rests && !scl_cpu_is_going() && !is_any(host, NULL, is_blocked)) {
		WRITE_ONCE(spare->said, false);
		WRITE_ONCE(spare->gives_since, scl_now());
		give_back_now(spare);
		WRITE_ONCE(spare->gives_since, 0);
	}
	return rests;
}

static void give_back_in_quiet(struct scl_host *host, struct scl_spare *spare)
{
	mutex_lock(&spare->lock);
	if (spare->queue && !try_to_give_back(host)) {
		WRITE_ONCE(spare->quiet_since, scl_now());
		WRITE_ONCE(spare->doublings, min(spare->doublings + 1, MOST_DOUBLINGS));
	}
	mutex_unlock(&spare->lock);
}

/* Under scan_mutex no queue is added or removed. If it is held, this is tried again later. */
static void give_back_work(struct work_struct *work)
{
	struct scl_host *host = container_of(work, struct scl_host, spare.give_back);
	unsigned int noio;

	if (!mutex_trylock(&host->shost->scan_mutex))
		return;
	noio = memalloc_noio_save();
	/* The last removal of a host that is being removed gives the queue back. */
	if (!scl_host_dying(host) && !is_any(host, NULL, is_blocked))
		give_back_in_quiet(host, &host->spare);
	memalloc_noio_restore(noio);
	mutex_unlock(&host->shost->scan_mutex);
}

void scl_spare_init(struct scl_spare *spare)
{
	mutex_init(&spare->lock);
	INIT_WORK(&spare->give_back, give_back_work);
}

/*
 * The allocation never waits for a disk to be written to: device_del() of drivers/base/core.c,
 * which notifies the bus, runs in a scope that prevents it.
 */
static void add(struct scl_host *host, struct scsi_device *sdev)
{
	struct scl_spare *spare = &host->spare;
	struct blk_mq_tag_set *set = &host->shost->tag_set;
	struct request_queue *queue;

	mutex_lock(&spare->lock);
	if (spare->queue || scl_tag_set_count(set) != 2 || !is_any(host, sdev, is_in_the_way))
		goto out;
	queue = scl_queue_alloc(set);
	if (IS_ERR(queue)) {
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: no queue to stand in for its own: %ld\n",
			    PTR_ERR(queue));
	} else {
		__module_get(THIS_MODULE);
		WRITE_ONCE(spare->quiet_since, scl_now());
		WRITE_ONCE(spare->doublings, 0);
		WRITE_ONCE(spare->queue, queue);
	}
out:
	mutex_unlock(&spare->lock);
}

static void removed(struct scl_host *host, struct scsi_device *sdev)
{
	if (scl_tag_set_is_single(&host->shost->tag_set, scl_host_dying(host)))
		give_back(&host->spare);
}

/* A host that is being removed needs none: the deadlines of its blocked LUNs have begun. */
static bool wants_one(struct scl_host *host, const struct scsi_device *sdev)
{
	return !READ_ONCE(host->spare.queue) && !scl_host_dying(host);
}

static bool has_one(struct scl_host *host, const struct scsi_device *sdev)
{
	return READ_ONCE(host->spare.queue);
}

/*
 * @fn is not called in a read section of scl_srcu, which may not wait for a device. A host is not
 * forgotten while one of its devices is being removed, except by the exit of this module, which a
 * reference prevents.
 */
static void do_where(bool (*is)(struct scl_host *host, const struct scsi_device *sdev),
		     void (*fn)(struct scl_host *host, struct scsi_device *sdev),
		     struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(sdev->host);
	bool due = host && is(host, sdev) && try_module_get(THIS_MODULE);

	srcu_read_unlock(&scl_srcu, idx);
	if (!due)
		return;
	fn(host, sdev);
	module_put(THIS_MODULE);
}

/**
 * scl_spare_add - add a spare queue, where a removal would wait for the commands of the one other
 * LUN
 * @sdev: the device that is removed; its driver is detached, its queue is still in the set
 *
 * Where this fails the removal waits as it does on stock, and the log reports the stall.
 *
 * Context: may sleep, in the removal of @sdev, whose scan_mutex keeps other queues from being added
 * and removed; not in a read section of scl_srcu. Waits for another device as that removal would
 * next.
 */
void scl_spare_add(struct scsi_device *sdev)
{
	do_where(wants_one, add, sdev);
}

/**
 * scl_spare_removed - give the spare queue back after a removal that leaves no other LUN
 * @sdev: the device that was removed
 *
 * scsi_remove_host() frees the tag set when its last device is removed, so this is the last moment.
 *
 * Context: as scl_spare_add().
 */
void scl_spare_removed(struct scsi_device *sdev)
{
	do_where(has_one, removed, sdev);
}

/* Giving it back takes a moment. */
static void say_if_slow(struct scl_spare *spare, struct Scsi_Host *shost)
{
	scl_ms since = READ_ONCE(spare->gives_since);

	if (!since || READ_ONCE(spare->said) || scl_now() - since < SCL_REPORT_AFTER_MS)
		return;
	WRITE_ONCE(spare->said, true);
	scl_report_give_back(shost, scl_now() - since);
}

/**
 * scl_spare_poll - give the spare queue back where no device has been blocked for a while
 * @host: the host
 *
 * A device that is in use is kept waiting for REST_MS to find that out, and longer if a command of
 * it hangs just then. A caller that adds or removes a LUN waits meanwhile.
 *
 * Context: may sleep. Caller is in a read section of scl_srcu.
 */
void scl_spare_poll(struct scl_host *host)
{
	struct scl_spare *spare = &host->spare;

	if (!READ_ONCE(spare->queue))
		return;
	say_if_slow(spare, host->shost);
	if (is_any(host, NULL, is_blocked)) {
		WRITE_ONCE(spare->quiet_since, scl_now());
		WRITE_ONCE(spare->doublings, 0);
	} else if (!scl_host_dying(host) && scl_now() - READ_ONCE(spare->quiet_since) >=
						    QUIET_MS << READ_ONCE(spare->doublings)) {
		queue_work(scl_host_works, &spare->give_back);
	}
}

/**
 * scl_spare_forget - free the spare queue of a host that is forgotten
 * @host: the host, which cannot be found any more
 * @removed: the host is removed, and its tag set with it
 *
 * Context: may sleep.
 */
void scl_spare_forget(struct scl_host *host, bool removed)
{
	cancel_work_sync(&host->spare.give_back);
	if (!WARN_ON(removed && host->spare.queue))
		give_back(&host->spare);
}
