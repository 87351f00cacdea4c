// SPDX-License-Identifier: GPL-2.0
#include <trace/events/scsi_lifecycle.h>

#include "sdev/sdev.h"
#include "teardown.h"

/**
 * scl_failure_of - read what the flush account needs to know of commands that fail next
 * @progress: of the device
 * @sdev: the device
 * @from: its state
 * @event: the event that fails them
 *
 * Context: any but NMI.
 */
struct scl_failure scl_failure_of(const struct scl_progress *progress, struct scsi_device *sdev,
				  struct scl_state from, enum scl_event event)
{
	return (struct scl_failure){
		.from = from,
		.event = event,
		.pending = scl_flush_later(scl_flush_unstarted(sdev), scl_flush_at_lld(sdev)),
		.remembered = progress->flush,
		.has_cache = scl_sdev_has_cache(sdev),
		.rebooting = scl_rebooting(),
		/*
		 * device_shutdown() of drivers/base/core.c takes it from its kset, calls its driver
		 * under its lock, which a rescan may hold that waits for its path, and takes its
		 * target next.
		 */
		.shut_down = list_empty(&sdev->sdev_gendev.kobj.entry) &&
			     (!mutex_is_locked(&sdev->sdev_gendev.mutex) ||
			      list_empty(&scsi_target(sdev)->dev.kobj.entry)),
	};
}

/* Applies @event, and notes in @kill what there will be to report without state_mutex. */
static void apply_and_note(struct scl_device *device, struct scsi_device *sdev,
			   const struct scl_progress *progress, enum scl_event event,
			   struct scl_kill *kill)
{
	struct scl_flush_account unknown = {}, *account = device ? &device->account : &unknown;
	struct scl_failure failure;
	struct scl_step step;
	bool lost;

	failure = scl_failure_of(progress, sdev, scl_sdev_state(sdev), event);
	kill->from = failure.from;
	kill->progress = *progress;
	lost = scl_account_before_failing(account, &failure);
	step = scl_sdev_apply(device, sdev, event, &kill->commands);
	kill->done = step.actions & SCL_ACTION_REPORT;
	if (kill->done)
		kill->lost = scl_account_after_failing(account, &failure, kill->commands, lost);
}

/*
 * A device that is not remembered has no deadline. A device that waits in the scan that is to add
 * it, before bus and class announce it, is remembered here.
 */
static struct scl_device *begin_if_waiting(struct scl_host *host, struct scsi_device *sdev)
{
	struct scl_state state = scl_sdev_state(sdev);
	struct scl_device *device;
	enum scl_stage stage;

	if (!state.blocked ||
	    !(state.phase == SCL_PHASE_CANCEL || scl_host_dying(host) || scl_rebooting()))
		return NULL;
	if (device_is_registered(&sdev->sdev_gendev))
		stage = SCL_STAGE_IN_USE;
	else
		stage = state.phase == SCL_PHASE_CANCEL ? SCL_STAGE_DETACHED : SCL_STAGE_SCANNED;
	mutex_lock(&scl_devices_mutex);
	device = scl_device_begin(host, sdev, stage);
	mutex_unlock(&scl_devices_mutex);
	return device;
}

/**
 * scl_removal_poll - decide about a device, and act on the decision
 * @host: its host
 * @device: its object, or NULL
 * @sdev: the device
 *
 * Context: may sleep. Caller is in a read section of scl_srcu and holds a reference on @sdev, or
 * runs its removal.
 * Return: milliseconds until the next poll; SCL_NEVER: no poll is needed.
 */
scl_ms scl_removal_poll(struct scl_host *host, struct scl_device *device, struct scsi_device *sdev)
{
	struct scl_progress unknown = {}, *progress;
	struct scl_decision decision;
	struct scl_limits limits;
	struct scl_snapshot snapshot;

	if (!device)
		device = begin_if_waiting(host, sdev);
	limits = scl_limits_of(host, device, sdev);
	progress = device ? &device->progress : &unknown;
	do {
		struct scl_kill kill = {};

		mutex_lock(&sdev->state_mutex);
		snapshot = scl_snapshot_of(host, device, sdev);
		decision = scl_decide(progress, &snapshot, &limits, scl_now());
		trace_scl_decision(SCL_ADDRESS_OF(sdev), &decision);
		if (decision.event != SCL_EVENT_NONE && snapshot.state.phase != SCL_PHASE_DEL)
			trace_scl_expiry(SCL_ADDRESS_OF(sdev), progress, &snapshot);
		if (decision.event != SCL_EVENT_NONE && decision.event != SCL_EVENT_RESUME)
			apply_and_note(device, sdev, progress, decision.event, &kill);
		mutex_unlock(&sdev->state_mutex);

		/*
		 * It takes state_mutex itself, and does not change the state of a device under
		 * removal.
		 */
		if (decision.event == SCL_EVENT_RESUME)
			scsi_device_resume(sdev);
		if (kill.done)
			scl_report_kill(device, sdev, &kill);
		if (snapshot.stopped_in_del && !READ_ONCE(sdev->queue_stopped))
			scl_report_rescue(sdev);
	} while (!decision.again);
	if (snapshot.state.phase == SCL_PHASE_DEL)
		scl_kick_requeue_list(sdev);
	return decision.again;
}

/**
 * scl_removal_end - end the teardown of a device, as if its time was up
 * @host: its host
 * @device: its object
 * @sdev: the device
 *
 * When this returns, the commands that wait are being failed, or the LLD was asked for the flush.
 *
 * Context: as scl_removal_poll().
 * Return: what came of it; SCL_END_DONE alone changes anything.
 */
enum scl_end_answer scl_removal_end(struct scl_host *host, struct scl_device *device,
				    struct scsi_device *sdev)
{
	struct scl_snapshot snapshot;
	enum scl_end_answer answer;

	mutex_lock(&sdev->state_mutex);
	snapshot = scl_snapshot_of(host, device, sdev);
	answer = scl_end_teardown(&device->progress, &snapshot);
	mutex_unlock(&sdev->state_mutex);
	if (answer == SCL_END_DONE)
		scl_poll_after(host, scl_removal_poll(host, device, sdev));
	return answer;
}

/* True: stock fails the device's flush. */
static bool account_begins(struct scl_device *device, struct scsi_device *sdev, bool adopted)
{
	struct scl_removal_start start = {
		.adopted = adopted,
		.has_cache = scl_sdev_has_cache(sdev),
	};
	bool lost;

	lockdep_assert_held(&scl_devices_mutex);
	/* Before its driver sends the flush. */
	scl_observe_start(device, sdev, false);
	mutex_lock(&sdev->state_mutex);
	start.in_del = scl_sdev_state(sdev).phase == SCL_PHASE_DEL;
	lost = scl_account_begin(&device->account, &device->progress, &start);
	mutex_unlock(&sdev->state_mutex);
	return lost;
}

/*
 * The object of a device whose removal begins, or NULL. Unless the class announces the removal, the
 * device has to be in SDEV_CANCEL: the removal may have completed while the caller waited for
 * scl_devices_mutex.
 */
static struct scl_device *find_or_begin(struct scl_host *host, struct scsi_device *sdev,
					enum scl_stage_event how)
{
	struct scl_device *device = scl_device_find(sdev);

	/* The device ends after SDEV_DEL, in hooks/container.c. */
	smp_rmb();
	if (how != SCL_STAGE_EVENT_ANNOUNCED && READ_ONCE(sdev->sdev_state) != SDEV_CANCEL)
		return NULL;
	return device ?: scl_device_begin(host, sdev, SCL_STAGE_IN_USE);
}

/*
 * Even if this device needs no action, its removal may come to wait for another device. All blocked
 * devices of a host that is being removed wait from now on.
 */
static scl_ms poll_of_host(struct scl_host *host, scl_ms again)
{
	bool first = scl_host_dying(host) && !xchg(&host->dying_seen, true);

	return first ? 0 : min(again, SCL_POLL_MS);
}

/* BEGIN once for each removal; without memory for the device, at the class's announcement. */
static unsigned int enter_removal(struct scl_device *device, enum scl_stage_event how)
{
	if (!device)
		return how == SCL_STAGE_EVENT_ANNOUNCED ? SCL_STAGE_DO_BEGIN : 0;
	return scl_device_meets(device, how);
}

/* While its driver is attached: the name of the disk goes with it. */
static void note_begin(struct scl_device *device, struct scsi_device *sdev)
{
	struct scl_removal_facts *removal = &device->removal;

	lockdep_assert_held(&scl_devices_mutex);
	scl_sdev_disk(sdev, removal->disk);
	scl_sdev_wwid(sdev, removal->wwid);
	removal->began = scl_now();
	/* Pairs with scl_status_names(). */
	smp_store_release(&removal->seen, true);
}

/**
 * scl_removal_begins - begin the removal of a device; harmless if it has begun
 * @host: its host
 * @sdev: the device, in SDEV_CANCEL, or in SDEV_DEL where stock does not let it flush
 * @how: SCL_STAGE_EVENT_ANNOUNCED, _FOUND or _ADOPTED
 *
 * Context: may sleep. Caller is in a read section of scl_srcu and holds a reference on @sdev, or
 * runs its removal.
 * Return: poll the host after so many milliseconds; SCL_NEVER: no need to.
 */
scl_ms scl_removal_begins(struct scl_host *host, struct scsi_device *sdev,
			  enum scl_stage_event how)
{
	struct scl_device *device;
	unsigned int actions;
	bool lost = false;

	scl_monitor_look();
	mutex_lock(&scl_devices_mutex);
	device = find_or_begin(host, sdev, how);
	actions = enter_removal(device, how);
	if (!(actions & SCL_STAGE_DO_BEGIN)) {
		mutex_unlock(&scl_devices_mutex);
		return SCL_NEVER;
	}
	/* Once for each removal: the monitor comes here again and again for one that hangs. */
	scl_expedite();
	scl_sdev_note(device, sdev, SCL_EVENT_REMOVE);
	scl_count(SCL_COUNT_REMOVALS);
	if (device) {
		note_begin(device, sdev);
		lost = account_begins(device, sdev, actions & SCL_STAGE_DO_ADOPT);
	}
	mutex_unlock(&scl_devices_mutex);

	if (!device) {
		sdev_printk(KERN_WARNING, sdev,
			    "scsi_lifecycle: no memory to account for its removal\n");
		scl_count(SCL_COUNT_FLUSHES_UNKNOWN);
	}
	if (lost)
		scl_report_lost(sdev);
	scl_expedite_device(host, sdev);
	return poll_of_host(host, scl_removal_poll(host, device, sdev));
}

/* From now on no removal of the device can begin. */
static struct scl_device *enter_detached(struct scl_host *host, struct scsi_device *sdev,
					 bool *settle)
{
	struct scl_device *device;

	mutex_lock(&scl_devices_mutex);
	/*
	 * One that is not remembered is now, so that no context takes its removal for one that
	 * begins.
	 */
	device = scl_device_find(sdev) ?: scl_device_begin(host, sdev, SCL_STAGE_DETACHED);
	*settle = device &&
		  scl_device_meets(device, SCL_STAGE_EVENT_DETACHED) & SCL_STAGE_DO_SETTLE;
	mutex_unlock(&scl_devices_mutex);
	return device;
}

static void settle_account(struct scl_device *device, struct scsi_device *sdev, bool in_del)
{
	enum scl_flush_result result = scl_account_result(&device->account, in_del);

	scl_device_set_outcome(device, result);
	scl_report_result(device, sdev, result);
	if (scl_account_rescued(&device->account, &device->progress, in_del))
		scl_count(SCL_COUNT_RESCUED);
}

/*
 * No driver waits for the commands that are left, the path cannot come back in time (SDEV_DEL is
 * next), and blk_mq_destroy_queue() would wait for them in the stopped queue. Not for a device that
 * has not reached SDEV_CANCEL: a scan that failed to add it comes here before its
 * __scsi_remove_device(), which does nothing in SDEV_DEL. True: the device was in SDEV_DEL before:
 * stock reaches that later, so an expiry or its transport had sent it there.
 */
static bool fail_what_is_left(struct scl_host *host, struct scl_device *device,
			      struct scsi_device *sdev)
{
	struct scl_progress unknown = {}, *progress = device ? &device->progress : &unknown;
	struct scl_snapshot snapshot;
	struct scl_kill kill = {};

	mutex_lock(&sdev->state_mutex);
	snapshot = scl_snapshot_of(host, device, sdev);
	if (snapshot.state.phase == SCL_PHASE_CANCEL && snapshot.state.blocked) {
		scl_progress_update(progress, &snapshot, scl_now());
		apply_and_note(device, sdev, progress, SCL_EVENT_REMOVED, &kill);
	}
	mutex_unlock(&sdev->state_mutex);
	if (kill.done)
		scl_report_kill(device, sdev, &kill);
	return snapshot.state.phase == SCL_PHASE_DEL;
}

/**
 * scl_removal_detached - account for the flush of a device whose driver is detached
 * @sdev: the device; its removal, which is the caller, goes on to destroy its queue
 *
 * Context: may sleep. Caller is in a read section of scl_srcu.
 */
void scl_removal_detached(struct scsi_device *sdev)
{
	bool settle, in_del;
	struct scl_host *host = scl_host_find(sdev->host);
	struct scl_device *device = enter_detached(host, sdev, &settle);

	scl_expedite();
	if (host) {
		scl_expedite_host(host, sdev);
		in_del = fail_what_is_left(host, device, sdev);
		scl_sdev_note(device, sdev, SCL_EVENT_REMOVED);
		if (settle)
			settle_account(device, sdev, in_del);
		if (device)
			scl_device_starts_over(device, sdev);
	}
	if (device)
		scl_observe_stop(device);
}
