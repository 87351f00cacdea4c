// SPDX-License-Identifier: GPL-2.0
//
// The poll of a host while a device of it waits, and a slower one of all hosts for changes that are
// not announced: hosts that are removed, and what stock's own functions do to devices. On a machine
// whose devices are all in use, and which does not scan, neither is due.
#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "sdev/sdev.h"
#include "teardown.h"

#define MONITOR_MS 1000

static void monitor_hosts(struct work_struct *work);
static DECLARE_DELAYED_WORK(monitor, monitor_hosts);
static void glance_at_hosts(struct work_struct *work);
static DECLARE_DEFERRABLE_WORK(glance_work, glance_at_hosts);
static DEFINE_SPINLOCK(monitor_lock);	/* a leaf, taken in hard IRQ */
static bool monitoring;			/* under it: neither work is queued before or after */
static DEFINE_XARRAY(coming);		/* modules whose init runs, by address */

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

/*
 * Every removal, and every scan of a LUN, holds scan_mutex from its begin to its end; and the exit
 * of an LLD waits for it.
 */
static bool is_due_for_host(struct scl_host *host)
{
	return scl_host_dying(host) || scans_or_removes(host);
}

/* It may change, or what it waits for may, and no hook is called. */
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
	*due |= is_due_for_host(host) || READ_ONCE(host->spare.queue);
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

/*
 * The exit of an LLD may wait before it removes any device: for a scan, which holds scan_mutex, of
 * a LUN that was blocked before it was visible. Neither the unload nor the block is announced. The
 * timeout is rounded, so that the timer expires with others.
 */
static void monitor_hosts(struct work_struct *work)
{
	bool due = false;

	scl_reboot_notice();
	scl_hosts_each(monitor_host, &due);
	if (due || scl_rebooting() || !xa_empty(&coming) ||
	    READ_ONCE(scl_uevents) == SCL_UEVENTS_ALL)
		scl_monitor_look();
}

static void queue_unless_over(struct workqueue_struct *wq, struct delayed_work *work)
{
	unsigned long flags;

	spin_lock_irqsave(&monitor_lock, flags);
	if (monitoring)
		queue_delayed_work(wq, work, round_jiffies_relative(msecs_to_jiffies(MONITOR_MS)));
	spin_unlock_irqrestore(&monitor_lock, flags);
}

/**
 * scl_monitor_look - look at all devices within a second, and for as long as there is a reason
 *
 * Context: any but NMI.
 */
void scl_monitor_look(void)
{
	/* The walk that is pending sees what the caller has changed, or none is pending here. */
	smp_mb();
	if (!delayed_work_pending(&monitor))
		queue_unless_over(scl_host_works, &monitor);
}

/**
 * scl_monitor_module - a module's init begins, or has ended
 * @module: the module
 * @comes: it begins
 *
 * A module that registers an interface of the class in its init holds the class's mutex while the
 * interface meets each device, and may wait for one: a removal that begins then is not announced.
 *
 * Context: may sleep.
 */
void scl_monitor_module(const struct module *module, bool comes)
{
	if (!comes)
		xa_erase(&coming, (unsigned long)module);
	else if (!xa_err(xa_store(&coming, (unsigned long)module, xa_mk_value(1), GFP_NOIO)))
		scl_monitor_look();
}

static void glance(struct scl_host *host, void *due)
{
	*(bool *)due |= is_due_for_host(host);
}

/*
 * What begins in silence on a machine that is idle for this module: an LLD is unloaded, and its
 * exit waits for a rescan that waits for a blocked LUN; or the mutex of the class is held by a
 * module whose init is over. Deferrable, and on the CPU that is awake: an idle CPU is not woken for
 * it, and it looks at no device.
 */
static void glance_at_hosts(struct work_struct *work)
{
	bool due = goes_down_unnoticed();

	scl_hosts_each(glance, &due);
	if (due)
		scl_monitor_look();
	queue_unless_over(system_wq, &glance_work);
}

void scl_monitor_begin(void)
{
	spin_lock_irq(&monitor_lock);
	monitoring = true;
	spin_unlock_irq(&monitor_lock);
	scl_monitor_look();
	queue_unless_over(system_wq, &glance_work);
}

void scl_monitor_end(void)
{
	spin_lock_irq(&monitor_lock);
	monitoring = false;
	spin_unlock_irq(&monitor_lock);
	cancel_delayed_work_sync(&glance_work);
	cancel_delayed_work_sync(&monitor);
}

/**
 * scl_monitor_exit - forget the modules whose init runs
 *
 * Context: may sleep; scl_monitor_module() is not called any more.
 */
void scl_monitor_exit(void)
{
	xa_destroy(&coming);
}
