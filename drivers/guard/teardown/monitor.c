// SPDX-License-Identifier: GPL-2.0
//
// The poll of a host while a device of it waits, and a slower one of all hosts, the monitor, for
// changes that are not announced: hosts that are removed, and what stock's own functions do to
// devices. Where all devices are in use, and no LUN is scanned or removed, neither is due.
#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <trace/events/scsi_lifecycle.h>

#include "sdev/sdev.h"
#include "teardown.h"

#define MONITOR_MS 1000
#define BACKSTOP_MS 2000

static void monitor_hosts(struct work_struct *work);
static DECLARE_DELAYED_WORK(monitor, monitor_hosts);
static void look_at_hosts(struct work_struct *work);
static DECLARE_DELAYED_WORK(backstop, look_at_hosts);
static DEFINE_SPINLOCK(monitor_lock);	/* taken in hard IRQ; under it work is queued */
static bool monitoring;			/* under it: else neither work is queued */

/*
 * A LUN is being removed or scanned. A device whose removal waits in blk_mq_destroy_queue() is in
 * SDEV_DEL, as is one that is removed and held by an open file.
 */
static bool scans_or_removes(const struct scl_host *host)
{
	return mutex_is_locked(&host->shost->scan_mutex);
}

static void forget_if_detached(struct scl_device *device, void *host)
{
	if (device->host == host && READ_ONCE(device->stage) == SCL_STAGE_DETACHED)
		scl_device_end(device, SCL_STAGE_EVENT_FORGOTTEN);
}

/*
 * A removal that was past its queue when this module was loaded may have ended before its end could
 * be announced; and a device that was removed before, and is only held open, looks the same. All
 * have ended if scan_mutex, under which each removal runs, is free.
 */
static void forget_late(struct scl_host *host)
{
	if (!READ_ONCE(host->late) || !mutex_trylock(&host->shost->scan_mutex))
		return;
	WRITE_ONCE(host->late, false);
	scl_devices_each(forget_if_detached, host);
	mutex_unlock(&host->shost->scan_mutex);
}

static void poll(struct work_struct *work)
{
	struct scl_host *host = container_of(to_delayed_work(work), struct scl_host, poll);
	struct scl_blocker blocker = {};
	struct scl_device *device;
	struct scsi_device *sdev;
	scl_ms again = SCL_NEVER;
	int idx = srcu_read_lock(&scl_srcu);

	forget_late(host);
	scl_for_each_device(sdev, host->shost) {
		device = scl_device_find(sdev);
		again = min(again, scl_removal_poll(host, device, sdev));
		scl_stall_poll(host, device, sdev, &blocker);
		if (READ_ONCE(sdev->sdev_state) == SDEV_DEL && scans_or_removes(host))
			again = min(again, SCL_POLL_MS);
	}
	/* The removal that kept forget_late() from it may have ended since. */
	if (READ_ONCE(host->late))
		again = min(again, SCL_POLL_MS);
	scl_spare_poll(host);
	scl_poll_after(host, again);
	srcu_read_unlock(&scl_srcu, idx);
}

void scl_poll_init(struct scl_host *host)
{
	INIT_DELAYED_WORK(&host->poll, poll);
}

/**
 * scl_poll_after - poll a host's devices after a while
 * @host: the host
 * @delay: milliseconds, SCL_POLL_MS at most; SCL_NEVER: no poll is needed
 *
 * A poll that is queued already keeps its time, so this one comes SCL_POLL_MS late at worst.
 *
 * Context: any. Caller is in a read section of scl_srcu.
 */
void scl_poll_after(struct scl_host *host, scl_ms delay)
{
	if (delay != SCL_NEVER)
		queue_delayed_work(scl_host_works, &host->poll, msecs_to_jiffies(delay));
}

/**
 * scl_poll_now - poll a host's devices at once, even if a poll is queued
 * @host: the host
 *
 * Context: any. Caller is in a read section of scl_srcu.
 */
void scl_poll_now(struct scl_host *host)
{
	mod_delayed_work(scl_host_works, &host->poll, 0);
}

static void observe_host(struct scl_host *host, void *data)
{
	const bool *late = data;
	struct scl_device *device;
	struct scsi_device *sdev;

	scl_for_each_device(sdev, host->shost) {
		mutex_lock(&scl_devices_mutex);
		device = scl_device_find(sdev);
		if (device)
			scl_observe_start(device, sdev, *late);
		mutex_unlock(&scl_devices_mutex);
	}
	scl_poll_after(host, 0);
}

static void begin_reboot(bool late)
{
	scl_set_rebooting();
	scl_hosts_each(observe_host, &late);
	scl_monitor_look();
}

/**
 * scl_reboot_begins - begin the deadlines of a reboot
 *
 * Context: may sleep.
 */
void scl_reboot_begins(void)
{
	begin_reboot(false);
}

static bool goes_down_unnoticed(void)
{
	return !scl_rebooting() && system_state > SYSTEM_RUNNING && system_state < SYSTEM_SUSPEND;
}

/**
 * scl_reboot_notice - begin the deadlines of a reboot whose notifiers did not call this module
 *
 * They are called once, and this module may be loaded later. kernel/reboot.c sets system_state when
 * all of them have returned. By then the flush of a disk may be over.
 *
 * Context: may sleep.
 */
void scl_reboot_notice(void)
{
	if (goes_down_unnoticed())
		begin_reboot(true);
}

/* Every scan of a LUN, and every removal of one, holds scan_mutex from its begin to its end. */
static bool is_due_for_host(const struct scl_host *host)
{
	return scl_host_dying(host) || scans_or_removes(host) || READ_ONCE(host->spare.queue);
}

/* Its state may change, or its removal may begin or wait, and no hook is called. */
static bool is_due_for_device(const struct scl_device *device, struct scsi_device *sdev)
{
	enum scsi_device_state state = READ_ONCE(sdev->sdev_state);

	if (state == SDEV_CREATED || state == SDEV_CREATED_BLOCK || scl_sdev_state(sdev).blocked)
		return true;
	return device && (READ_ONCE(device->stage) != SCL_STAGE_IN_USE || READ_ONCE(device->files));
}

static void monitor_host(struct scl_host *host, void *arg)
{
	struct scl_device *device;
	struct scsi_device *sdev;
	bool *due = arg;

	if (scl_host_dying(host) || scl_rebooting())
		scl_poll_after(host, 0);
	*due |= is_due_for_host(host);
	scl_for_each_device(sdev, host->shost) {
		/*
		 * The class has not announced the removal yet, if its mutex is held while its
		 * holder waits for this very device.
		 */
		if (READ_ONCE(sdev->sdev_state) == SDEV_CANCEL &&
		    device_is_registered(&sdev->sdev_gendev))
			scl_poll_after(host,
				       scl_removal_begins(host, sdev, SCL_STAGE_EVENT_FOUND));
		device = scl_device_find(sdev);
		scl_sdev_note(device, sdev, SCL_EVENT_NONE);
		*due |= is_due_for_device(device, sdev);
	}
	scl_spare_poll(host);
}

/* Then all transitions are told, also those that are not announced. */
static bool is_listened_to(void)
{
	return READ_ONCE(scl_uevents) == SCL_UEVENTS_ALL || trace_scl_transition_enabled();
}

/*
 * The exit of an LLD may wait before it removes any device: for a scan, which holds scan_mutex, of
 * a LUN that was blocked before it was visible. Neither the unload nor the block is announced.
 */
static void monitor_hosts(struct work_struct *work)
{
	bool due = false;

	scl_reboot_notice();
	scl_hosts_each(monitor_host, &due);
	if (due || scl_rebooting() || is_listened_to())
		scl_monitor_look();
}

static void queue_while_monitoring(struct delayed_work *work, unsigned int ms)
{
	/* To whole seconds, so that the timer expires with others. */
	unsigned long delay = ms ? round_jiffies_relative(msecs_to_jiffies(ms)) : 0;
	unsigned long flags;

	spin_lock_irqsave(&monitor_lock, flags);
	if (monitoring)
		queue_delayed_work(scl_host_works, work, delay);
	spin_unlock_irqrestore(&monitor_lock, flags);
}

/**
 * scl_monitor_look - look at all devices within two seconds, and for as long as there is a reason
 *
 * For each thing that makes a device due, where it is announced. What is not announced the backstop
 * finds.
 *
 * Context: any but NMI.
 */
void scl_monitor_look(void)
{
	/* Pairs with the barrier at the work's begin: a pending pass sees what was changed. */
	smp_mb();
	if (!delayed_work_pending(&monitor))
		queue_while_monitoring(&monitor, MONITOR_MS);
}

/**
 * scl_monitor_opened - note the state of a device that has one more file open, and look at it
 * @device: the device
 *
 * The state may have changed in silence while no file was open.
 *
 * Context: may sleep.
 */
void scl_monitor_opened(struct scl_device *device)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scsi_device *sdev = scl_device_get_sdev(device);

	if (sdev) {
		scl_sdev_note(device, sdev, SCL_EVENT_NONE);
		put_device(&sdev->sdev_gendev);
	}
	srcu_read_unlock(&scl_srcu, idx);
	scl_monitor_look();
}

static void look_at_host(struct scl_host *host, void *due)
{
	*(bool *)due |= is_due_for_host(host);
}

/*
 * What begins in silence where the monitor is not due: a tracer of transitions; the unload of an
 * LLD whose exit waits; a removal while another thread holds the mutex of the class (it holds
 * scan_mutex); a reboot whose notifiers did not call this module. This looks at a few words of each
 * host, and at no device. Not deferrable: on an idle CPU what waits would go on waiting until the
 * next timer.
 */
static void look_at_hosts(struct work_struct *work)
{
	bool due = goes_down_unnoticed() || is_listened_to();

	scl_hosts_each(look_at_host, &due);
	if (due)
		queue_while_monitoring(&monitor, 0);
	queue_while_monitoring(&backstop, BACKSTOP_MS);
}

/**
 * scl_monitor_idles - is no pass over the devices due?
 *
 * Context: any.
 */
bool scl_monitor_idles(void)
{
	return !work_busy(&monitor.work);
}

void scl_monitor_begin(void)
{
	spin_lock_irq(&monitor_lock);
	monitoring = true;
	spin_unlock_irq(&monitor_lock);
	queue_while_monitoring(&monitor, MONITOR_MS);
	queue_while_monitoring(&backstop, BACKSTOP_MS);
}

void scl_monitor_end(void)
{
	spin_lock_irq(&monitor_lock);
	monitoring = false;
	spin_unlock_irq(&monitor_lock);
	cancel_delayed_work_sync(&backstop);
	cancel_delayed_work_sync(&monitor);
}
