// SPDX-License-Identifier: GPL-2.0
//
// The commands of a device: count them, identify a flush among them, send or abort them.
#include <scsi/scsi_cmnd.h>

#include "compat.h"
#include "sdev.h"

/**
 * scl_queue_enter - keep a queue from being frozen or destroyed
 * @q: the queue of a device that is there
 *
 * Context: any.
 * Return: true: blk_mq_destroy_queue() does not return before scl_queue_exit(); false: it may have
 * returned.
 */
bool scl_queue_enter(struct request_queue *q)
{
	return percpu_ref_tryget(&q->q_usage_counter);
}

void scl_queue_exit(struct request_queue *q)
{
	percpu_ref_put(&q->q_usage_counter);
}

/**
 * scl_queue_will_freeze - begin what a freeze of the queue would wait for
 * @q: the queue of a device that is being removed
 *
 * The kernel counts the users of a queue on each CPU, and a freeze waits for a grace period, after
 * which they are counted in one place. Here that period begins. For the rest of the queue's time
 * each command is a little slower by that: of a device whose removal hangs, and of its siblings
 * where the host is removed and a removal that is not its first one hangs. (Stock does the same to
 * the queue of a disk that suspends at runtime: blk_pre_runtime_suspend() in block/blk-pm.c.) Where
 * such a change is under way already, this waits for its end, a grace period at most.
 *
 * Context: may sleep.
 */
void scl_queue_will_freeze(struct request_queue *q)
{
	percpu_ref_switch_to_atomic(&q->q_usage_counter, NULL);
}

/**
 * scl_queue_is_stuck - does a removal wait for commands in the stopped queue of its own device?
 * @sdev: the device
 * @fields: what scl_sdev_fields() returned
 *
 * The queue of a device in SDEV_DEL may be destroyed already. While blk_mq_destroy_queue() still
 * waits for the commands that the stopped queue holds, the queue can be entered; once that wait is
 * over, it cannot.
 *
 * Context: any.
 */
bool scl_queue_is_stuck(struct scsi_device *sdev, struct scl_stock fields)
{
	if (fields.sdev_state != SDEV_DEL || !fields.queue_stopped ||
	    !scl_queue_enter(sdev->request_queue))
		return false;
	scl_queue_exit(sdev->request_queue);
	return true;
}

/**
 * scl_sdev_is_busy - does the LLD hold commands of a device?
 * @sdev: the device, under removal
 *
 * A scan allocates the map that holds this count, and reallocates it when the device is running
 * already (scsi_realloc_sdev_budget_map() of drivers/scsi/scsi_scan.c), without excluding readers.
 *
 * Context: any.
 */
bool scl_sdev_is_busy(struct scsi_device *sdev)
{
	return sdev->budget_map.map && scsi_device_busy(sdev) > 0;
}

/**
 * scl_sdev_has_cache - will a device's driver flush it when it is detached?
 * @sdev: the device
 *
 * Only a disk's driver does. (Nor for a disk without a medium, which only the driver knows.)
 *
 * Context: any. Caller knows @sdev to be there.
 */
bool scl_sdev_has_cache(struct scsi_device *sdev)
{
	struct device_driver *drv;
	bool is_disk;

	/* The text and data of a module that is unloaded stay for a grace period: free_module(). */
	rcu_read_lock();
	drv = READ_ONCE(sdev->sdev_gendev.driver);
	is_disk = drv && !strcmp(drv->name, "sd");
	rcu_read_unlock();
	return is_disk && scl_queue_has_write_cache(sdev->request_queue);
}

/**
 * scl_sdev_first_try - how long does sd wait for its first flush?
 * @sdev: the device
 *
 * Twice the device's timeout: SD_FLUSH_TIMEOUT_MULTIPLIER in drivers/scsi/sd.h.
 *
 * Context: any.
 * Return: milliseconds.
 */
scl_ms scl_sdev_first_try(struct scsi_device *sdev)
{
	return 2ULL * jiffies_to_msecs(READ_ONCE(sdev->request_queue->rq_timeout));
}

struct search {
	struct request_queue *q;
	bool abort;
	bool of_driver;			/* false: a file system's */
	unsigned int found;
	enum scl_flush whose;
};

/**
 * scl_flush_of - is a request a flush that a removal waits for, and which?
 * @rq: a request of a SCSI device
 *
 * Context: any. The answer is unreliable for a request that is being allocated or freed.
 */
enum scl_flush scl_flush_of(struct request *rq)
{
	struct scsi_cmnd *cmd = blk_mq_rq_to_pdu(rq);

	return scl_flush_of_command(cmd->cmnd[0], blk_rq_is_passthrough(rq),
				    rq->rq_flags & RQF_PM);
}

static bool is_flush(struct request *rq, void *data)
{
	struct search *search = data;
	enum scl_flush whose = rq->q == search->q ? scl_flush_of(rq) : SCL_FLUSH_NONE;

	if (!whose || (search->of_driver && whose == SCL_FLUSH_FILE_SYSTEM))
		return true;
	search->found++;
	search->whose = scl_flush_later(search->whose, whose);
	if (search->abort)
		blk_abort_request(rq);
	return true;
}

/*
 * The host's tags are freed when the last of its queues is destroyed (scsi_mq_free_tags() in
 * drivers/scsi/scsi_lib.c). A reference on q_usage_counter keeps this queue from being destroyed,
 * and cannot be taken where no command is left.
 */
static struct search search(struct scsi_device *sdev, busy_tag_iter_fn *fn, bool abort,
			    bool of_driver)
{
	struct search search = { .q = sdev->request_queue, .abort = abort, .of_driver = of_driver };

	if (scl_queue_enter(search.q)) {
		blk_mq_tagset_busy_iter(search.q->tag_set, fn, &search);
		scl_queue_exit(search.q);
	}
	return search;
}

/**
 * scl_flush_at_lld - is a flush that a removal waits for at the LLD, unanswered?
 * @sdev: the device
 *
 * Context: any but NMI.
 * Return: the kind of flush.
 */
enum scl_flush scl_flush_at_lld(struct scsi_device *sdev)
{
	return search(sdev, is_flush, false, false).whose;
}

/**
 * scl_flush_abort - hand the flush that the LLD holds to error handling, as if it had timed out
 * @sdev: the device, in SDEV_DEL, or offline because the machine goes down
 * @of_driver: only the driver's own: while nothing is removed, a file system's keeps its own
 * timeout
 *
 * Error handling does not send the driver's flush again (scsi_noretry_cmd() of
 * drivers/scsi/scsi_error.c: a command that timed out), unless its abort failed, and nothing that
 * it requeues passes scsi_device_state_check() in SDEV_DEL. An LLD or transport whose
 * eh_timed_out() resets the timer keeps the flush: then the caller has to try again.
 * Context: process.
 * Return: the number of flushes handed over.
 */
unsigned int scl_flush_abort(struct scsi_device *sdev, bool of_driver)
{
	return search(sdev, is_flush, true, of_driver).found;
}

static bool is_failed(struct request *rq, void *data)
{
	struct scsi_cmnd *cmd = blk_mq_rq_to_pdu(rq);
	struct search *search = data;

	/*
	 * scsi_eh_scmd_add() puts a command on a list, and it stays on one list or another until it
	 * ends.
	 */
	search->found += rq->q == search->q && !list_empty(&cmd->eh_entry);
	return true;
}

/**
 * scl_count_failed - count the commands of a device that error handling has
 * @sdev: the device
 *
 * Context: process.
 */
unsigned int scl_count_failed(struct scsi_device *sdev)
{
	return search(sdev, is_failed, false, false).found;
}

struct count {
	struct blk_mq_tags *tags;
	struct request_queue *q;
	unsigned int offset;
	unsigned int unstarted;
	enum scl_flush whose;
};

static bool count_unstarted(struct sbitmap *map, unsigned int nr, void *data)
{
	struct count *count = data;
	struct request *rq = count->tags->static_rqs[nr + count->offset];

	/*
	 * Without a scheduler the tag is one of the host's, and the request that had it here may
	 * long be freed: a request of another device that has the tag now belongs to that device's
	 * scheduler.
	 */
	if (rq && READ_ONCE(rq->q) == count->q && atomic_read(&rq->ref) &&
	    !blk_mq_request_started(rq)) {
		count->unstarted++;
		/*
		 * A file system's command is not set up yet, and the tag's request still has an
		 * earlier one.
		 */
		if (blk_rq_is_passthrough(rq))
			count->whose = scl_flush_later(count->whose, scl_flush_of(rq));
	}
	return true;
}

/*
 * A command that was never started has no timer and is in no list that can be iterated; but it has
 * a tag: the scheduler's where there is one, else one of the host's. As
 * blk_mq_queue_tag_busy_iter() of block/blk-mq-tag.c does, a reference on q_usage_counter keeps the
 * tags in place: they change only while the queue is frozen, and the reference prevents that.
 */
static struct count count_all(struct scsi_device *sdev)
{
	struct request_queue *q = sdev->request_queue;
	struct count count = { .q = q };
	struct blk_mq_tags *last = NULL;
	struct blk_mq_hw_ctx *hctx;
	unsigned long i;

	if (!scl_queue_enter(q))
		return count;
	queue_for_each_hw_ctx(q, hctx, i) {
		count.tags = hctx->sched_tags ?: hctx->tags;
		/* Hardware queues may share one set. */
		if (!count.tags || count.tags == last)
			continue;
		last = count.tags;
		count.offset = 0;
		if (last->nr_reserved_tags)
			sbitmap_for_each_set(&last->breserved_tags.sb, count_unstarted, &count);
		count.offset = last->nr_reserved_tags;
		sbitmap_for_each_set(&last->bitmap_tags.sb, count_unstarted, &count);
	}
	scl_queue_exit(q);
	return count;
}

/**
 * scl_count_unstarted - count the commands that wait in a device's queue without having been sent
 * @sdev: the device
 *
 * Context: any.
 * Return: the number at one moment; exact while the queue is stopped and nothing is submitted.
 */
unsigned int scl_count_unstarted(struct scsi_device *sdev)
{
	return count_all(sdev).unstarted;
}

/**
 * scl_flush_unstarted - is a flush that a removal waits for still to be sent?
 * @sdev: the device
 *
 * A busy LLD returns the flush each time, and blk-mq marks it as never started.
 *
 * Context: any.
 * Return: the kind of flush, at one moment.
 */
enum scl_flush scl_flush_unstarted(struct scsi_device *sdev)
{
	return count_all(sdev).whose;
}

/**
 * scl_kick_requeue_list - send the requeued commands of a device again
 * @sdev: the device; in SDEV_DEL they fail instead
 *
 * From 6.5 on the mid-layer does not kick the requeue list while the host recovers, and kicks it
 * for all devices afterwards, except those in SDEV_DEL (scsi_run_host_queues() of
 * drivers/scsi/scsi_lib.c): only this function kicks it for a device that was sent there with
 * commands at the LLD. One work item for each queue is expensive where a thousand are started, so
 * this queues work only if the list is not empty; a command that is requeued later finds the queue
 * running.
 *
 * Context: any.
 */
void scl_kick_requeue_list(struct scsi_device *sdev)
{
	struct request_queue *q = sdev->request_queue;

	/* Not once blk_mq_destroy_queue() has seen the queue empty. */
	if (!scl_queue_enter(q))
		return;
	if (!list_empty_careful(&q->requeue_list))
		blk_mq_kick_requeue_list(q);
	scl_queue_exit(q);
}
