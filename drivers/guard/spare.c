// SPDX-License-Identifier: GPL-2.0
//
// A removal of one LUN that does not wait for the commands of another.
//
// The last step of blk_mq_destroy_queue() is blk_mq_del_queue_tag_set() of block/blk-mq.c: where one queue is left in the
// host's tag set, that queue is frozen to tell it that it is alone. If its device is blocked and holds commands, the
// removal waits until the transport decides (P4), with scan_mutex and tag_list_lock held; and where the LLD takes none of
// them, because it is busy, until it does. A set that has one more queue does not shrink to one. So before such a removal
// comes to that, a queue is added: the set is shared already, hence nothing is frozen for it. It stays until no device of
// the host has been blocked for a while and the other queue comes to rest for a moment, or until it is the only one.
//
// What walks the queues of a tag set finds one without a device: blk_mq_update_nr_hw_queues() and
// blk_mq_quiesce_tagset(), which do not ask whose it is. No request is ever allocated from it. As long as there is one
// this module stays, because giving it back may freeze the queue of a device.
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <scsi/scsi_host.h>

#include "compat.h"
#include "guard.h"
#include "host.h"
#include "parked.h"
#include "report.h"
#include "spare.h"
#include "transition.h"
#include "walk.h"

/*
 * A path that flaps is likely to be lost again soon. Then the device whose queue is frozen, to give back the other, would
 * keep its new commands out, and each LUN that comes or goes, until the path is back.
 */
#define QUIET_MS	10000

/* So long a device in use may be kept waiting for its queue to come to rest; each time it does not, twice as long passes. */
#define REST_MS		200
#define MOST_DOUBLINGS	6

static unsigned int queues_of(struct blk_mq_tag_set *set)
{
	unsigned int count = 0;
	struct list_head *each;

	mutex_lock(&set->tag_list_lock);
	list_for_each(each, &set->tag_list)
		count++;
	mutex_unlock(&set->tag_list_lock);
	return count;
}

/* Is there a device of the host, but for one, that is so? */
static bool is_any(struct scl_host *host, const struct scsi_device *but, bool (*is)(struct scsi_device *sdev))
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
	return scl_device_state(sdev).blocked;
}

/*
 * It may keep who freezes its queue waiting: it has commands, be it for a moment. Caller is in the removal of a device of the
 * same host, under scan_mutex, so that no scan makes the map of what the LLD has anew.
 */
static bool is_in_the_way(struct scsi_device *sdev)
{
	return is_blocked(sdev) || scl_parked_count(sdev) || (sdev->budget_map.map && scsi_device_busy(sdev));
}

/* The lock is held. */
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
 * The only queue of the set beside the module's, which would be frozen when that leaves, with a reference; NULL where it is
 * not so. False: who adds or removes a queue, or changes all, is not waited for.
 */
static bool find_left_alone(struct blk_mq_tag_set *set, const struct request_queue *spare, struct request_queue **other)
{
	struct request_queue *each;
	unsigned int others = 0;

	if (!mutex_trylock(&set->tag_list_lock))
		return false;
	*other = NULL;
	list_for_each_entry(each, &set->tag_list, tag_set_list)
		if (each != spare) {
			*other = each;
			others++;
		}
	if (others != 1 || !blk_get_queue(*other))
		*other = NULL;
	mutex_unlock(&set->tag_list_lock);
	return true;
}

/* Does a queue come to rest for a moment? What is sent to it meanwhile waits. */
static bool comes_to_rest(struct request_queue *q)
{
	bool rests;

	blk_freeze_queue_start(q);
	rests = blk_mq_freeze_queue_wait_timeout(q, msecs_to_jiffies(REST_MS)) > 0;
	scl_queue_unfreeze(q);
	return rests;
}

/* To destroy a queue waits for a CPU that goes offline, and that for the commands of all hosts: blk_mq_hctx_notify_offline(). */
static bool is_a_cpu_going(void)
{
	if (!cpus_read_trylock())
		return true;
	cpus_read_unlock();
	return false;
}

/*
 * Only if the other queue has just come to rest: stock froze it at the removal, and no device is to be kept waiting later. It
 * is not kept frozen until the module's is gone, which may take longer. What comes between is stock's own risk at each
 * removal: a command that hangs, or a path that is lost, in that moment, keeps the device, and who adds or removes one or
 * the host, until it goes on, and that is said. False: it did not come to rest.
 */
static bool try_to_give_back(struct scl_host *host)
{
	struct scl_spare *spare = &host->spare;
	struct request_queue *other = NULL;
	bool rests;

	if (is_a_cpu_going() || !find_left_alone(&host->shost->tag_set, spare->queue, &other))
		return true;
	rests = !other || comes_to_rest(other);
	if (other)
		blk_put_queue(other);
	if (rests && !is_a_cpu_going() && !is_any(host, NULL, is_blocked)) {
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

/* Under scan_mutex no queue comes or goes. Who has it is not waited for: this is asked again. */
static void give_back_work(struct work_struct *work)
{
	struct scl_host *host = container_of(work, struct scl_host, spare.give_back);
	unsigned int noio;

	if (!mutex_trylock(&host->shost->scan_mutex))
		return;
	noio = memalloc_noio_save();
	/* The last removal of a host that goes gives it back. */
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

/* For memory no disk has to be written to: device_del() of drivers/base/core.c, which tells the bus, sees to that. */
static void add(struct scl_host *host, struct scsi_device *sdev)
{
	struct scl_spare *spare = &host->spare;
	struct blk_mq_tag_set *set = &host->shost->tag_set;
	struct request_queue *queue;

	mutex_lock(&spare->lock);
	if (spare->queue || queues_of(set) != 2 || !is_any(host, sdev, is_in_the_way))
		goto out;
	queue = scl_queue_alloc(set);
	if (IS_ERR(queue)) {
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: no queue to stand in for its own: %ld\n", PTR_ERR(queue));
	} else {
		__module_get(THIS_MODULE);
		WRITE_ONCE(spare->quiet_since, scl_now());
		WRITE_ONCE(spare->doublings, 0);
		WRITE_ONCE(spare->queue, queue);
	}
out:
	mutex_unlock(&spare->lock);
}

/*
 * Under a mutex of the driver core's that every device of the machine needs, so what may wait for a device is not waited
 * for: where the lock is taken on a host that stays, the queue of another device is being frozen, and this is not the last
 * one. The removals of a host that goes follow each other under its scan_mutex, and nothing freezes its queues without.
 */
static bool is_last(struct blk_mq_tag_set *set, bool dying)
{
	bool last;

	if (dying)
		mutex_lock(&set->tag_list_lock);
	else if (!mutex_trylock(&set->tag_list_lock))
		return false;
	last = list_is_singular(&set->tag_list);
	mutex_unlock(&set->tag_list_lock);
	return last;
}

static void removed(struct scl_host *host, struct scsi_device *sdev)
{
	if (is_last(&host->shost->tag_set, scl_host_dying(host)))
		give_back(&host->spare);
}

/* A host that is being removed needs none: its blocked LUNs have their time. */
static bool wants_one(struct scl_host *host, const struct scsi_device *sdev)
{
	return !READ_ONCE(host->spare.queue) && !scl_host_dying(host);
}

static bool has_one(struct scl_host *host, const struct scsi_device *sdev)
{
	return READ_ONCE(host->spare.queue);
}

/*
 * @fn not in a read section of scl_srcu, which may not wait for a device. A host is not forgotten while one of its devices
 * is being removed, but for the end of this module, which a reference keeps away.
 */
static void do_where(bool (*is)(struct scl_host *host, const struct scsi_device *sdev),
		     void (*fn)(struct scl_host *host, struct scsi_device *sdev), struct scsi_device *sdev)
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
 * scl_spare_add - keep a removal from waiting for the commands of the one other LUN, where that has some or is blocked
 * @sdev: the device that is removed; its driver is gone, its queue is still in the set
 *
 * Where this fails the removal waits as it does on stock, and the log says for what.
 *
 * Context: may sleep, in the removal of @sdev, whose scan_mutex keeps other queues from coming and going; not in a read
 * section of scl_srcu. Waits for another device as that removal would next.
 */
void scl_spare_add(struct scsi_device *sdev)
{
	do_where(wants_one, add, sdev);
}

/**
 * scl_spare_removed - a removal is complete: without another LUN the queue goes too
 * @sdev: the device that was removed
 *
 * scsi_remove_host() frees the tag set when its last device is gone, so this is the last moment.
 *
 * Context: as scl_spare_add().
 */
void scl_spare_removed(struct scsi_device *sdev)
{
	do_where(has_one, removed, sdev);
}

/* To give it back takes a moment. */
static void say_if_slow(struct scl_spare *spare, struct Scsi_Host *shost)
{
	scl_ms since = READ_ONCE(spare->gives_since);

	if (!since || READ_ONCE(spare->said) || scl_now() - since < SCL_SAY_MS)
		return;
	WRITE_ONCE(spare->said, true);
	scl_report_give_back(shost, scl_now() - since);
}

/**
 * scl_spare_poll - give the queue back where no device has been blocked for a while
 * @host: the host's record
 *
 * A device that is in use is kept waiting for REST_MS to see that, and longer if a command of its comes to hang just then.
 * A caller that adds or removes a LUN waits meanwhile.
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
	} else if (!scl_host_dying(host) &&
		   scl_now() - READ_ONCE(spare->quiet_since) >= QUIET_MS << READ_ONCE(spare->doublings)) {
		queue_work(scl_looks, &spare->give_back);
	}
}

/**
 * scl_spare_forget - the host is forgotten
 * @host: the host's record, which is not found any more
 * @removed: the host is gone, and its tag set with it
 *
 * Context: may sleep.
 */
void scl_spare_forget(struct scl_host *host, bool removed)
{
	cancel_work_sync(&host->spare.give_back);
	if (!WARN_ON(removed && host->spare.queue))
		give_back(&host->spare);
}
