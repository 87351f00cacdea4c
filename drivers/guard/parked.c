// SPDX-License-Identifier: GPL-2.0
#include "compat.h"
#include "flush.h"
#include "guard.h"
#include "parked.h"

struct count {
	struct blk_mq_tags *tags;
	struct request_queue *q;
	unsigned int offset;
	unsigned int parked;
	enum scl_flush whose;
};

static bool count_parked(struct sbitmap *map, unsigned int nr, void *data)
{
	struct count *count = data;
	struct request *rq = count->tags->static_rqs[nr + count->offset];

	/*
	 * Without a scheduler the tag is one of the host's, and the request that it had here may be long
	 * free: another device's that has it now is one of that device's scheduler.
	 */
	if (rq && READ_ONCE(rq->q) == count->q && atomic_read(&rq->ref) && !blk_mq_request_started(rq)) {
		count->parked++;
		/* A file system's command is not made yet, and what is found in its place is an earlier one. */
		if (blk_rq_is_passthrough(rq))
			count->whose = max(count->whose, scl_flush_of(rq));
	}
	return true;
}

/*
 * A command that was never started has no timer and is in no list that can be walked; it has a tag,
 * though: the scheduler's where there is one, else one of the host's. As blk_mq_queue_tag_busy_iter()
 * of block/blk-mq-tag.c does, a reference on q_usage_counter keeps the tags in place: they change
 * only while the queue is frozen, and it cannot be.
 */
static struct count count_all(struct scsi_device *sdev)
{
	struct request_queue *q = sdev->request_queue;
	struct count count = { .q = q };
	struct blk_mq_tags *last = NULL;
	struct blk_mq_hw_ctx *hctx;
	unsigned long i;

	if (!percpu_ref_tryget(&q->q_usage_counter))
		return count;
	queue_for_each_hw_ctx(q, hctx, i) {
		count.tags = hctx->sched_tags ?: hctx->tags;
		/* Hardware queues may share one set. */
		if (!count.tags || count.tags == last)
			continue;
		last = count.tags;
		count.offset = 0;
		if (last->nr_reserved_tags)
			sbitmap_for_each_set(&last->breserved_tags.sb, count_parked, &count);
		count.offset = last->nr_reserved_tags;
		sbitmap_for_each_set(&last->bitmap_tags.sb, count_parked, &count);
	}
	percpu_ref_put(&q->q_usage_counter);
	return count;
}

/**
 * scl_parked_count - how many commands wait in a device's queue without having been sent
 * @sdev: the device
 *
 * Context: any.
 * Return: the number at one moment; exact where the queue is stopped and nothing is submitted.
 */
unsigned int scl_parked_count(struct scsi_device *sdev)
{
	return count_all(sdev).parked;
}

/**
 * scl_parked_flush - does one of the commands that a removal waits for wait to be sent?
 * @sdev: the device
 *
 * An LLD that is busy gives it back each time, and blk-mq makes it one that was never started.
 *
 * Context: any.
 * Return: which, at one moment.
 */
enum scl_flush scl_parked_flush(struct scsi_device *sdev)
{
	return count_all(sdev).whose;
}

/**
 * scl_parked_kick - have commands that came back sent again
 * @sdev: the device; in SDEV_DEL they fail instead
 *
 * From 6.5 on the mid-layer does not kick the list of these while the host recovers, and does it for all
 * devices afterwards, but for those in SDEV_DEL (scsi_run_host_queues() of drivers/scsi/scsi_lib.c): one that
 * was sent there with commands at the LLD has nobody else. A work for each queue is dear where a thousand are
 * started, so only where there is something; what comes later finds the queue running.
 *
 * Context: any.
 */
void scl_parked_kick(struct scsi_device *sdev)
{
	struct request_queue *q = sdev->request_queue;

	/* Not once blk_mq_destroy_queue() has seen the last of them. */
	if (!percpu_ref_tryget(&q->q_usage_counter))
		return;
	if (!list_empty_careful(&q->requeue_list))
		blk_mq_kick_requeue_list(q);
	percpu_ref_put(&q->q_usage_counter);
}
