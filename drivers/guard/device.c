// SPDX-License-Identifier: GPL-2.0
#include "compat.h"
#include "device.h"
#include "flush.h"
#include "guard.h"
#include "host.h"
#include "life.h"
#include "node.h"
#include "parked.h"
#include "policy.h"
#include "record.h"
#include "report.h"
#include "transition.h"

/*
 * The queue of a device in SDEV_DEL may be destroyed already. While blk_mq_destroy_queue() still waits
 * for the commands that the stopped queue holds, a reference on q_usage_counter can be had, and keeps
 * it waiting; once that wait is over, none can.
 */
static bool is_stuck(struct scsi_device *sdev, struct scl_stock fields)
{
	if (fields.sdev_state != SDEV_DEL || !fields.queue_stopped ||
	    !percpu_ref_tryget(&sdev->request_queue->q_usage_counter))
		return false;
	percpu_ref_put(&sdev->request_queue->q_usage_counter);
	return true;
}

/**
 * scl_device_sight - what there is to be seen of a device
 * @host: its host's record
 * @sdev: the device
 *
 * Context: may sleep. state_mutex held.
 */
struct scl_sight scl_device_sight(const struct scl_host *host, struct scsi_device *sdev)
{
	struct scl_stock fields = scl_stock_fields(sdev);
	struct scl_sight sight = {
		.state = scl_read(fields),
		.quiesced = READ_ONCE(sdev->quiesced_by) != NULL,
		.stuck = is_stuck(sdev, fields),
		.dying = scl_host_dying(host),
		/* Who is about to reconnect when the machine goes down comes too late. */
		.held = scl_node_held(sdev) && !scl_rebooting(),
	};

	lockdep_assert_held(&sdev->state_mutex);
	if (sight.state.phase == SCL_PHASE_DEL || (sight.state.phase == SCL_PHASE_CANCEL && !sight.state.blocked))
		sight.flushing = scl_flush_at_lld(sdev);
	return sight;
}

/* Only a disk flushes when its driver leaves it. */
static bool has_cache_to_flush(struct scsi_device *sdev)
{
	struct device_driver *drv = READ_ONCE(sdev->sdev_gendev.driver);

	return drv && !strcmp(drv->name, "sd") && scl_queue_has_write_cache(sdev->request_queue);
}

/* sd gives its flush twice the device's timeout: SD_FLUSH_TIMEOUT_MULTIPLIER in drivers/scsi/sd.h. */
static scl_ms first_try(struct scsi_device *sdev)
{
	return 2ULL * jiffies_to_msecs(READ_ONCE(sdev->request_queue->rq_timeout));
}

/*
 * What is killed under removal does not flush any more, unless its driver is gone already; at reboot,
 * neither: sd_shutdown() is the last.
 */
static bool loses_flush(struct scsi_device *sdev, const struct scl_record *rec, struct scl_state from,
			enum scl_event event)
{
	if (event == SCL_EVENT_REMOVED)
		return false;
	if (from.phase == SCL_PHASE_CANCEL)
		return rec && rec->removing ? rec->cached : has_cache_to_flush(sdev);
	return scl_rebooting() && has_cache_to_flush(sdev);
}

/* Applies @event, and notes in @kill what there will be to report without state_mutex. */
static void act(struct scl_record *rec, struct scsi_device *sdev, const struct scl_watch *watch,
		enum scl_event event, struct scl_kill *kill)
{
	struct scl_step step;

	kill->from = scl_device_state(sdev);
	kill->watch = *watch;
	kill->lost = !(rec && rec->told) && loses_flush(sdev, rec, kill->from, event);
	step = scl_transition(sdev, event, &kill->commands);
	kill->done = step.actions & SCL_ACTION_REPORT;
	if (!kill->done || !rec)
		return;
	if (kill->from.phase != SCL_PHASE_CANCEL)
		rec->told |= kill->lost;
	else if (event != SCL_EVENT_REMOVED)
		rec->killed = true;
}

/**
 * scl_device_look - look at a device and do what there is to do
 * @host: its host's record
 * @sdev: the device
 *
 * Context: may sleep. Caller is in a read section of scl_srcu and holds a reference on @sdev, or runs
 * its removal.
 * Return: look again after so many milliseconds; SCL_NEVER: no need to.
 */
scl_ms scl_device_look(struct scl_host *host, struct scsi_device *sdev)
{
	struct scl_record *rec = scl_record_find(sdev);
	struct scl_limits limits = scl_device_limits(host, rec, sdev);
	struct scl_watch unknown = {};
	struct scl_watch *watch = rec ? &rec->watch : &unknown;
	struct scl_verdict verdict;
	struct scl_sight sight;

	do {
		struct scl_kill kill = {};

		mutex_lock(&sdev->state_mutex);
		sight = scl_device_sight(host, sdev);
		spin_lock(&host->lock);
		verdict = scl_judge(&host->clock, watch, &sight, &limits, scl_now());
		spin_unlock(&host->lock);
		if (rec && watch->waits)
			rec->waited = true;
		if (verdict.event != SCL_EVENT_NONE && verdict.event != SCL_EVENT_RESUME)
			act(rec, sdev, watch, verdict.event, &kill);
		mutex_unlock(&sdev->state_mutex);

		/* It takes state_mutex itself, and leaves the state of a device under removal alone. */
		if (verdict.event == SCL_EVENT_RESUME)
			scsi_device_resume(sdev);
		if (kill.done)
			scl_report_kill(sdev, &kill);
		if (sight.stuck && !READ_ONCE(sdev->queue_stopped))
			scl_report_rescue(sdev);
	} while (!verdict.again);
	if (sight.state.phase == SCL_PHASE_DEL)
		scl_parked_kick(sdev);
	return verdict.again;
}

/**
 * scl_device_limits - the limits in force for a device
 * @host: its host's record
 * @rec: its own, or NULL
 * @sdev: the device
 *
 * Context: any.
 */
struct scl_limits scl_device_limits(const struct scl_host *host, const struct scl_record *rec,
				    struct scsi_device *sdev)
{
	return scl_limits(READ_ONCE(host->teardown_tmo), rec ? READ_ONCE(rec->teardown_tmo) : SCL_TMO_DEFAULT,
			  first_try(sdev));
}

static int errors(struct scsi_device *sdev)
{
	return atomic_read(&sdev->ioerr_cnt) + atomic_read(&sdev->iotmo_cnt);
}

/**
 * scl_device_removal_begins - a device is under removal
 * @host: its host's record
 * @sdev: the device, in SDEV_CANCEL, or in SDEV_DEL where stock does not let it flush
 * @adopted: its removal was under way before it was seen
 *
 * Context: may sleep. Caller is in a read section of scl_srcu and holds a reference on @sdev, or runs
 * its removal.
 */
void scl_device_removal_begins(struct scl_host *host, struct scsi_device *sdev, bool adopted)
{
	struct scl_record *rec = scl_record_find(sdev) ?: scl_record_create(sdev);
	bool lost = false;

	/* Found hanging, it was never announced. */
	if (adopted)
		scl_life_begin(sdev);
	scl_transition_see(sdev, SCL_EVENT_REMOVE);
	scl_count(SCL_COUNT_REMOVALS);
	if (!rec) {
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: no memory to account for its removal\n");
		scl_count(SCL_COUNT_FLUSHES_UNKNOWN);
	} else {
		mutex_lock(&sdev->state_mutex);
		rec->removing = true;
		rec->adopted = adopted;
		rec->cached = has_cache_to_flush(sdev);
		/* A flush that an adopted removal sent before it was seen is in no later difference. */
		rec->sent_before = atomic_read(&sdev->iorequest_cnt) - (adopted && scl_flush_at_lld(sdev));
		rec->errors_before = errors(sdev);
		/*
		 * __scsi_remove_device() takes a device whose sdev_state says blocked straight to
		 * SDEV_DEL, where its flush fails before it is sent. (A look may have come before us, and
		 * may have killed the device, and said so.)
		 */
		lost = scl_device_state(sdev).phase == SCL_PHASE_DEL && !rec->killed;
		if (lost)
			rec->killed = true;
		lost = lost && rec->cached;
		mutex_unlock(&sdev->state_mutex);
	}
	if (lost)
		scl_report_lost(sdev);
	/* Even where nothing is to be done for this device, its removal may come to wait for another. */
	scl_host_look_after(host, min(scl_device_look(host, sdev), SCL_LOOK_MS));
}

/**
 * scl_device_removed - the upper-level driver is gone
 * @host: its host's record
 * @sdev: the device; its removal, which is the caller, goes on to destroy its queue
 *
 * Context: may sleep. Caller is in a read section of scl_srcu.
 */
void scl_device_removed(struct scl_host *host, struct scsi_device *sdev)
{
	struct scl_record *rec = scl_record_find(sdev);
	struct scl_watch unknown = {};
	struct scl_watch *watch = rec ? &rec->watch : &unknown;
	struct scl_evidence evidence;
	struct scl_kill kill = {};
	struct scl_sight sight;
	enum scl_fate fate;
	bool killed;

	WRITE_ONCE(host->last_removed, sdev);
	WRITE_ONCE(host->removals, host->removals + 1);
	/*
	 * No driver can be waiting for these commands any more, the path cannot come back in time
	 * (SDEV_DEL is next), and blk_mq_destroy_queue() would wait for them in the stopped queue. Not for
	 * a device that is no further than SDEV_CANCEL's predecessors: a scan that failed to add it comes
	 * here before its __scsi_remove_device(), which does nothing in SDEV_DEL.
	 */
	mutex_lock(&sdev->state_mutex);
	sight = scl_device_sight(host, sdev);
	/* Stock gets there later: whoever is in SDEV_DEL while its driver leaves was sent there before. */
	killed = sight.state.phase == SCL_PHASE_DEL;
	if (sight.state.phase == SCL_PHASE_CANCEL && sight.state.blocked) {
		scl_watch_see(watch, &sight, scl_now());
		act(rec, sdev, watch, SCL_EVENT_REMOVED, &kill);
	}
	mutex_unlock(&sdev->state_mutex);
	if (kill.done)
		scl_report_kill(sdev, &kill);

	scl_transition_see(sdev, SCL_EVENT_REMOVED);
	if (!rec || !rec->removing)
		return;
	evidence = (struct scl_evidence){
		.cached = rec->cached && !rec->told,
		.killed = killed,
		.sent = atomic_read(&sdev->iorequest_cnt) != rec->sent_before,
		.errors = errors(sdev) - rec->errors_before,
	};
	fate = scl_flush_fate(&evidence);
	scl_life_fate(sdev, fate);
	scl_report_fate(sdev, fate, rec->adopted && (rec->waited || killed));
}
