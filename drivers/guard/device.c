// SPDX-License-Identifier: GPL-2.0
#include "account.h"
#include "compat.h"
#include "device.h"
#include "guard.h"
#include "host.h"
#include "life.h"
#include "parked.h"
#include "record.h"
#include "report.h"
#include "transition.h"

/* Applies @event, and notes in @kill what there will be to report without state_mutex. */
static void act(struct scl_record *rec, struct scsi_device *sdev, const struct scl_watch *watch,
		enum scl_event event, struct scl_kill *kill)
{
	struct scl_step step;

	kill->from = scl_device_state(sdev);
	kill->watch = *watch;
	kill->lost = !(rec && (rec->told || rec->said)) && scl_account_loses(sdev, rec, watch, kill->from, event);
	if (rec)
		scl_account_cut(rec, sdev);
	step = scl_transition(sdev, event, &kill->commands);
	kill->done = step.actions & SCL_ACTION_REPORT;
	/* A command that was over in time was not cut off: what became of the flush is said when its driver is gone. */
	if (!kill->from.blocked && !kill->commands && watch->flush)
		kill->lost = false;
	if (!kill->done || !rec)
		return;
	rec->cut = true;
	if (kill->from.phase != SCL_PHASE_CANCEL) {
		rec->told |= kill->lost;
	} else if (event != SCL_EVENT_REMOVED) {
		rec->killed = true;
		rec->said |= kill->lost;
	}
}

/*
 * Records of devices that are there come and go, and removals begin, under it: the class, the scan of all devices and the
 * rescue come at once.
 */
static DEFINE_MUTEX(begin_mutex);

/**
 * scl_device_remember - see to it that a device has a record
 * @sdev: the device
 *
 * Context: may sleep. Caller is in a read section of scl_srcu and knows @sdev to be there.
 * Return: the record, valid in the read section, or NULL without memory.
 */
struct scl_record *scl_device_remember(struct scsi_device *sdev)
{
	struct scl_record *rec;

	mutex_lock(&begin_mutex);
	rec = scl_record_find(sdev) ?: scl_record_create(sdev);
	mutex_unlock(&begin_mutex);
	return rec;
}

/**
 * scl_device_remember_anew - give a device a record in place of what was remembered at its address
 * @sdev: the device
 *
 * Context: as scl_device_remember().
 * Return: the same.
 */
struct scl_record *scl_device_remember_anew(struct scsi_device *sdev)
{
	struct scl_record *rec;

	mutex_lock(&begin_mutex);
	rec = scl_record_create(sdev);
	mutex_unlock(&begin_mutex);
	return rec;
}

/*
 * Without a record a device has no time that could be up. One that waits before its bus and class were told, in the scan
 * that is to add it, gets one now; it is forgotten with its host, or when the bus is told.
 */
static struct scl_record *record_of(struct scl_host *host, struct scsi_device *sdev)
{
	struct scl_record *rec = scl_record_find(sdev);
	struct scl_state state = scl_device_state(sdev);

	if (rec || !state.blocked || !(state.phase == SCL_PHASE_CANCEL || scl_host_dying(host) || scl_rebooting()))
		return rec;
	return scl_device_remember(sdev);
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
	struct scl_record *rec = record_of(host, sdev);
	struct scl_limits limits = scl_device_limits(host, rec, sdev);
	struct scl_watch unknown = {};
	struct scl_watch *watch = rec ? &rec->watch : &unknown;
	struct scl_verdict verdict;
	struct scl_sight sight;

	do {
		struct scl_kill kill = {};

		mutex_lock(&sdev->state_mutex);
		sight = scl_device_sight(host, sdev);
		verdict = scl_judge(watch, &sight, &limits, scl_now());
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
 * scl_device_observe - see to the flushes of a device that is remembered from now on; harmless where that is done
 * @sdev: the device
 *
 * Context: may sleep. Caller is in a read section of scl_srcu.
 */
void scl_device_observe(struct scsi_device *sdev)
{
	struct scl_record *rec;

	mutex_lock(&begin_mutex);
	rec = scl_record_find(sdev);
	if (rec)
		scl_record_observe(rec, sdev);
	mutex_unlock(&begin_mutex);
}

/* True: stock throws its flush away. */
static bool begin(struct scl_record *rec, struct scsi_device *sdev, bool adopted)
{
	bool lost;

	lockdep_assert_held(&begin_mutex);
	/* Before its driver sends the flush. An adopted removal may have sent one that is over. */
	scl_record_observe(rec, sdev);
	mutex_lock(&sdev->state_mutex);
	rec->watched &= !adopted;
	rec->adopted = adopted;
	/* In use again since then: what fails from now on is another matter. */
	rec->cut &= rec->watch.condemned;
	rec->cached = scl_account_has_cache(sdev);
	/*
	 * __scsi_remove_device() takes a device whose sdev_state says blocked straight to SDEV_DEL, where its flush
	 * fails before it is sent. (A poll may have come before us, and may have killed the device, and said so.)
	 */
	lost = scl_device_state(sdev).phase == SCL_PHASE_DEL && !rec->killed;
	if (lost)
		rec->killed = true;
	lost = lost && rec->cached;
	rec->said |= lost;
	rec->removing = true;
	mutex_unlock(&sdev->state_mutex);
	return lost;
}

static void host_polled(struct scl_host *host, scl_ms again)
{
	bool first = scl_host_dying(host) && !xchg(&host->dying_seen, true);

	scl_host_look_after(host, first ? 0 : min(again, SCL_LOOK_MS));
}

/**
 * scl_device_removal_begins - a device is under removal; harmless where that is known
 * @host: its host's record
 * @sdev: the device, in SDEV_CANCEL, or in SDEV_DEL where stock does not let it flush
 * @how: it is known
 *
 * Context: may sleep. Caller is in a read section of scl_srcu and holds a reference on @sdev, or runs
 * its removal.
 */
void scl_device_removal_begins(struct scl_host *host, struct scsi_device *sdev, enum scl_begin how)
{
	struct scl_record *rec = NULL;
	bool lost = false, is_over;

	mutex_lock(&begin_mutex);
	/* The state last: a look forgets who was removed last when the removal is over, and then that is in SDEV_DEL. */
	is_over = READ_ONCE(host->last_removed) == sdev;
	smp_rmb();
	is_over |= READ_ONCE(sdev->sdev_state) != SDEV_CANCEL;
	/*
	 * Come upon again between the end of its driver and SDEV_DEL it was accounted for already. After that its life does
	 * not say so any more, or there was none, but a scan that found it in SDEV_CANCEL may have waited for begin_mutex until
	 * then.
	 */
	if (!scl_life_is_detached(sdev) && (how == SCL_BEGIN_ANNOUNCED || !is_over))
		rec = scl_record_find(sdev) ?: scl_record_create(sdev);
	if (rec ? rec->removing : how != SCL_BEGIN_ANNOUNCED) {
		mutex_unlock(&begin_mutex);
		return;
	}
	/* Found hanging, it was never announced. */
	if (how == SCL_BEGIN_ADOPTED)
		scl_life_begin(sdev);
	scl_transition_see(sdev, SCL_EVENT_REMOVE);
	scl_count(SCL_COUNT_REMOVALS);
	if (rec)
		lost = begin(rec, sdev, how == SCL_BEGIN_ADOPTED);
	mutex_unlock(&begin_mutex);

	if (!rec) {
		sdev_printk(KERN_WARNING, sdev, "scsi_lifecycle: no memory to account for its removal\n");
		scl_count(SCL_COUNT_FLUSHES_UNKNOWN);
	}
	if (lost)
		scl_report_lost(sdev);
	/*
	 * Even where nothing is to be done for this device, its removal may come to wait for another. All blocked devices
	 * of a dying host wait from now on.
	 */
	host_polled(host, scl_device_look(host, sdev));
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
	struct scl_watch unknown = {}, *watch;
	struct scl_record *rec;
	struct scl_kill kill = {};
	struct scl_sight sight;
	enum scl_fate fate;
	bool killed;

	/* From now on nobody makes a record of it. */
	mutex_lock(&begin_mutex);
	rec = scl_record_find(sdev);
	WRITE_ONCE(host->last_removed, sdev);
	mutex_unlock(&begin_mutex);
	watch = rec ? &rec->watch : &unknown;
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
	fate = scl_account_close(rec, killed);
	scl_life_fate(sdev, fate, &rec->flush);
	scl_report_fate(sdev, fate, rec->said, &rec->flush);
	if (rec->adopted && (rec->waited || killed))
		scl_count(SCL_COUNT_RESCUED);
}

/**
 * scl_device_detached - a device has no driver and is not remembered any more; no removal of it begins from now on
 * @sdev: the device
 *
 * Context: may sleep.
 */
void scl_device_detached(struct scsi_device *sdev)
{
	mutex_lock(&begin_mutex);
	scl_life_detached(sdev);
	/* Also one whose removal was never announced, because it never became visible. */
	scl_record_forget(sdev);
	mutex_unlock(&begin_mutex);
}
