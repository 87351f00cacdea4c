// SPDX-License-Identifier: GPL-2.0
//
// Observes the SYNCHRONIZE CACHE that a driver sends while its device is removed, or the machine
// goes down, and how it ends.
//
// Each request ends in blk_update_request() of block/blk-mq.c, also one that was never sent to the
// LLD (scsi_queue_rq() refused it) and one that error handling finished. It has a tracepoint,
// block_rq_complete, which is not exported by name, but can be found. The probe is
// registered while a removal or a reboot is under way, and a little longer, so that a series of
// removals patches the kernel's text once. While nothing is removed the I/O path is the kernel's
// own, to the byte.
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

#include "sdev/sdev.h"
#include "teardown.h"

#define LINGER_MS 1000
#define PATIENCE_MS 1000

static DEFINE_SPINLOCK(observe_lock);	/* the four below */
static unsigned int observers;
static bool registered;
static bool refused;		/* by the kernel, at the last attempt */
static unsigned int misses;	/* removals that went on without it since the worker ran */
static struct tracepoint *completion;
static DECLARE_WAIT_QUEUE_HEAD(settled);

static void settle(struct work_struct *work);
static DECLARE_DELAYED_WORK(settle_work, settle);

static void note(struct scl_device *device, struct scsi_cmnd *cmd, blk_status_t status)
{
	struct scl_flush_end end = {
		.result = cmd->result,
		.error = status != BLK_STS_OK || host_byte(cmd->result),
		.good = scsi_status_is_good(cmd->result),
	};
	struct scsi_sense_hdr sense;

	if (scsi_status_is_check_condition(cmd->result) &&
	    scsi_normalize_sense(cmd->sense_buffer, SCSI_SENSE_BUFFERSIZE, &sense)) {
		end.sense_key = sense.sense_key;
		end.asc = sense.asc;
		end.ascq = sense.ascq;
		end.deferred = scsi_sense_is_deferred(&sense);
	}
	/*
	 * Without a lock: a driver sends one flush at a time, and its removal reads this after the
	 * last one. A poll that expires the device meanwhile may report a flush lost that just
	 * succeeded; the removal then reports that it completed.
	 */
	scl_account_ended(&device->account, &end);
}

/*
 * Context: any but NMI. The queue may be of any driver: its queuedata is compared with the
 * addresses of devices, and the object says which queue was the device's.
 */
static void request_ended(void *unused, struct request *rq, blk_status_t status, unsigned int bytes)
{
	struct scl_device *device;
	int idx;

	if (!blk_rq_is_passthrough(rq) || !(rq->rq_flags & RQF_PM))
		return;
	idx = srcu_read_lock(&scl_srcu);
	device = scl_device_find(rq->q->queuedata);
	if (device && READ_ONCE(device->queue) == rq->q && scl_flush_of(rq) == SCL_FLUSH_DRIVER)
		note(device, blk_mq_rq_to_pdu(rq), status);
	srcu_read_unlock(&scl_srcu, idx);
}

/*
 * Return: whether the probe has to be registered or unregistered. "registered" is cleared before
 * that is done, and set after.
 */
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
 * In a worker: patching the kernel's text waits for a CPU that goes offline, and that waits for the
 * commands of its queues, also those that wait in a stopped one until their removal expires
 * (blk_mq_hctx_notify_offline() of block/blk-mq.c).
 */
static void settle(struct work_struct *work)
{
	unsigned int noio = memalloc_noio_save();
	bool shall;

	while (decide(&shall)) {
		if (!shall) {
			tracepoint_probe_unregister(completion, request_ended, NULL);
			continue;
		}
		shall = completion &&
			!tracepoint_probe_register(completion, request_ended, NULL);
		spin_lock(&observe_lock);
		registered = shall;
		refused = !shall;
		spin_unlock(&observe_lock);
		wake_up_all(&settled);
		if (!shall)
			break;
	}
	spin_lock(&observe_lock);
	misses = 0;
	spin_unlock(&observe_lock);
	memalloc_noio_restore(noio);
}

/**
 * scl_observe_begin - begin to observe the flushes of one more device
 *
 * Context: may sleep: for a second at most, and for a quarter of that, and so on, each time that
 * the worker has not run since. Does not wait for memory that a blocked disk may have to free.
 * Return: true: each flush that ends from now on is observed; false: the first ones may be missed.
 * scl_observe_end() is due either way.
 */
bool scl_observe_begin(void)
{
	unsigned long patience;

	spin_lock(&observe_lock);
	if (!registered) {
		/* What became of an earlier attempt says nothing of this one. */
		if (!observers)
			refused = false;
		mod_delayed_work(scl_host_works, &settle_work, 0);
	}
	observers++;
	patience = msecs_to_jiffies(PATIENCE_MS >> 2 * min(misses, 5U));
	spin_unlock(&observe_lock);
	if (!wait_event_timeout(settled, READ_ONCE(registered) || READ_ONCE(refused), patience)) {
		spin_lock(&observe_lock);
		misses++;
		spin_unlock(&observe_lock);
	}
	return READ_ONCE(registered);
}

/**
 * scl_observe_end - stop observing the flushes of one device
 *
 * Context: process.
 */
void scl_observe_end(void)
{
	/* With the lock held: it must not delay work that another caller queues meanwhile. */
	spin_lock(&observe_lock);
	if (!--observers)
		mod_delayed_work(scl_host_works, &settle_work, msecs_to_jiffies(LINGER_MS));
	spin_unlock(&observe_lock);
}

/**
 * scl_observe_start - observe the flushes that a device's driver sends; harmless if it is observed
 * @device: the device
 * @sdev: the same
 * @late: its driver may have sent its last flush before
 *
 * Context: may sleep. Caller holds scl_devices_mutex.
 */
void scl_observe_start(struct scl_device *device, struct scsi_device *sdev, bool late)
{
	lockdep_assert_held(&scl_devices_mutex);
	if (device->queue || device->stage >= SCL_STAGE_DETACHED)
		return;
	device->account.observed = scl_observe_begin() && !late;
	WRITE_ONCE(device->queue, sdev->request_queue);
}

/**
 * scl_observe_stop - stop observing a device; harmless if it is not observed
 * @device: the device, whose driver is detached, or which has ended
 *
 * Context: may sleep.
 */
void scl_observe_stop(struct scl_device *device)
{
	mutex_lock(&scl_devices_mutex);
	if (device->queue) {
		WRITE_ONCE(device->queue, NULL);
		scl_observe_end();
	}
	mutex_unlock(&scl_devices_mutex);
}

static void find(struct tracepoint *tp, void *unused)
{
	/* The build fails unless the probe has the type that this kernel calls it by. */
	check_trace_callback_type_block_rq_complete(request_ended);
	if (!strcmp(tp->name, "block_rq_complete"))
		completion = tp;
}

void scl_observe_init(void)
{
	for_each_kernel_tracepoint(find, NULL);
}

/**
 * scl_observe_exit - unregister the probe when the module is unloaded
 *
 * Context: may sleep; there is no observer any more.
 */
void scl_observe_exit(void)
{
	cancel_delayed_work_sync(&settle_work);
	if (registered)
		tracepoint_probe_unregister(completion, request_ended, NULL);
	registered = false;
	tracepoint_synchronize_unregister();
}
