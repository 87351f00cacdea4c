// SPDX-License-Identifier: GPL-2.0
//
// What becomes of the SYNCHRONIZE CACHE that a driver sends while its device is removed, or the machine goes down.
//
// blk_update_request() of block/blk-mq.c is where each request ends, also one that was never sent to the LLD
// (scsi_queue_rq() refused it) and one that error handling finished. It has a tracepoint, block_rq_complete, which is not
// exported by name, but can be found. The probe is registered while a removal or a reboot is under way, and a little
// longer, so that a series of removals patches the kernel's text once. While nothing is removed the I/O path is the
// kernel's own, to the byte.
#include <linux/blk-mq.h>
#include <linux/sched/mm.h>
#include <linux/spinlock.h>
#include <linux/tracepoint.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_eh.h>
#include <trace/events/block.h>

#include "flush.h"
#include "guard.h"
#include "host.h"
#include "observe.h"
#include "record.h"

#define LINGER_MS 1000
#define PATIENCE_MS 1000

static DEFINE_SPINLOCK(observe_lock);	/* the three below; a leaf */
static unsigned int observers;
static bool registered;
static bool refused;			/* by the kernel when it was asked last, or it takes too long */
static struct tracepoint *completion;
static DECLARE_WAIT_QUEUE_HEAD(settled);

static void settle(struct work_struct *work);
static DECLARE_DELAYED_WORK(settle_work, settle);

static void note(struct scl_record *rec, struct scsi_cmnd *cmd, blk_status_t status)
{
	struct scl_flush_seen seen = { .ended = rec->flush.ended + 1, .result = cmd->result };
	struct scsi_sense_hdr sense;

	seen.succeeded = status == BLK_STS_OK && !host_byte(cmd->result) && scsi_status_is_good(cmd->result);
	if (scsi_status_is_check_condition(cmd->result) &&
	    scsi_normalize_sense(cmd->sense_buffer, SCSI_SENSE_BUFFERSIZE, &sense)) {
		seen.sense_key = sense.sense_key;
		seen.asc = sense.asc;
		seen.ascq = sense.ascq;
		/* scsi_io_completion_nz_result() of drivers/scsi/scsi_lib.c makes a success of it too. */
		seen.succeeded = status == BLK_STS_OK && !host_byte(cmd->result) && sense.sense_key == RECOVERED_ERROR &&
				 !scsi_sense_is_deferred(&sense);
	}
	/*
	 * Without a lock: a driver sends one flush at a time, and its removal reads this after the last one. A poll that
	 * cuts the device off meanwhile may say "lost" of a flush that just succeeded; the removal then says so.
	 */
	rec->flush = seen;
}

/*
 * Context: any but NMI. The queue is of any driver: what it has as queuedata is compared with the addresses of
 * devices, and the record says which queue was the device's.
 */
static void ended(void *unused, struct request *rq, blk_status_t status, unsigned int bytes)
{
	struct scl_record *rec;
	int idx;

	if (!blk_rq_is_passthrough(rq) || !(rq->rq_flags & RQF_PM))
		return;
	idx = srcu_read_lock(&scl_srcu);
	rec = scl_record_find(rq->q->queuedata);
	if (rec && READ_ONCE(rec->queue) == rq->q && scl_flush_of(rq) == SCL_FLUSH_DRIVER)
		note(rec, blk_mq_rq_to_pdu(rq), status);
	srcu_read_unlock(&scl_srcu, idx);
}

/* Return: whether the probe shall be registered, if that is not so yet. Not registered is said first, and done next. */
static bool decide(bool *shall)
{
	bool change;

	spin_lock(&observe_lock);
	*shall = observers > 0;
	change = *shall != registered;
	if (change && !*shall)
		registered = false;
	spin_unlock(&observe_lock);
	return change;
}

/*
 * In a worker: patching the kernel's text waits for a CPU that goes offline, and that waits for the commands of its queues,
 * also those that wait in a stopped one until their removal is cut off (blk_mq_hctx_notify_offline() of block/blk-mq.c).
 */
static void settle(struct work_struct *work)
{
	unsigned int noio = memalloc_noio_save();
	bool shall;

	while (completion && decide(&shall)) {
		if (!shall) {
			tracepoint_probe_unregister(completion, ended, NULL);
			continue;
		}
		shall = !tracepoint_probe_register(completion, ended, NULL);
		spin_lock(&observe_lock);
		registered = shall;
		refused = !shall;
		spin_unlock(&observe_lock);
		wake_up_all(&settled);
		if (!shall)
			break;
	}
	memalloc_noio_restore(noio);
}

/**
 * scl_observe_begin - begin to see to the flushes of one more device
 *
 * Context: may sleep, for a second at most. Does not wait for memory that a blocked disk may have to free.
 * Return: true: each flush that ends from now on is seen; false: the first ones may not be. scl_observe_end() is due
 * either way.
 */
bool scl_observe_begin(void)
{
	spin_lock(&observe_lock);
	observers++;
	if (!registered)
		mod_delayed_work(scl_looks, &settle_work, 0);
	spin_unlock(&observe_lock);
	if (!wait_event_timeout(settled, READ_ONCE(registered) || READ_ONCE(refused), msecs_to_jiffies(PATIENCE_MS))) {
		spin_lock(&observe_lock);
		refused = !registered;
		spin_unlock(&observe_lock);
	}
	return READ_ONCE(registered);
}

/**
 * scl_observe_end - one device less
 *
 * Context: process.
 */
void scl_observe_end(void)
{
	/* With the lock held: it must not put off what another one asks for meanwhile. */
	spin_lock(&observe_lock);
	if (!--observers)
		mod_delayed_work(scl_looks, &settle_work, msecs_to_jiffies(LINGER_MS));
	spin_unlock(&observe_lock);
}

static void find(struct tracepoint *tp, void *unused)
{
	/* The probe has the type that this kernel calls it by, or this does not build. */
	check_trace_callback_type_block_rq_complete(ended);
	if (!strcmp(tp->name, "block_rq_complete"))
		completion = tp;
}

void scl_observe_init(void)
{
	for_each_kernel_tracepoint(find, NULL);
}

/**
 * scl_observe_exit - the module goes away, and so do all records
 *
 * Context: may sleep; there is no observer any more.
 */
void scl_observe_exit(void)
{
	cancel_delayed_work_sync(&settle_work);
	if (registered)
		tracepoint_probe_unregister(completion, ended, NULL);
	registered = false;
	tracepoint_synchronize_unregister();
}
