// SPDX-License-Identifier: GPL-2.0
//
// The poll of a host while a device of it waits, and a slower one of all hosts for changes that are
// not announced: hosts that are removed, and what stock's own functions do to devices.
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "sdev/sdev.h"
#include "teardown.h"

#define MONITOR_MS 1000

static void monitor_hosts(struct work_struct *work);
static DECLARE_DELAYED_WORK(monitor, monitor_hosts);

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
	bool together = scl_expedites_host(host);

	forget_late(host);
	scl_for_each_device(sdev, host->shost) {
		if (together)
			scl_queue_will_freeze(sdev->request_queue);
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
	if (!scl_rebooting() && system_state > SYSTEM_RUNNING && system_state < SYSTEM_SUSPEND)
		begin_reboot(true);
}

static void monitor_host(struct scl_host *host, void *unused)
{
	struct scsi_device *sdev;

	if (scl_host_dying(host) || scl_rebooting())
		scl_poll_after(host, 0);
	scl_for_each_device(sdev, host->shost) {
		/*
		 * The class has not announced the removal yet, if its mutex is held while its
		 * holder waits for this very device.
		 */
		if (READ_ONCE(sdev->sdev_state) == SDEV_CANCEL &&
		    device_is_registered(&sdev->sdev_gendev))
			scl_poll_after(host,
				       scl_removal_begins(host, sdev, SCL_STAGE_EVENT_FOUND));
		scl_sdev_note(scl_device_find(sdev), sdev, SCL_EVENT_NONE);
	}
	scl_spare_poll(host);
}

/*
 * The exit of an LLD may wait before it removes any device: for a scan, which holds scan_mutex, of
 * a LUN that was blocked before it was visible. Neither the unload nor the block is announced. Not
 * deferrable: on an idle machine the unload would wait for the next timer. The timeout is rounded,
 * so that the timer expires with others.
 */
static void monitor_hosts(struct work_struct *work)
{
	scl_reboot_notice();
	scl_hosts_each(monitor_host, NULL);
	queue_delayed_work(scl_host_works, &monitor,
			   round_jiffies_relative(msecs_to_jiffies(MONITOR_MS)));
}

void scl_monitor_begin(void)
{
	queue_delayed_work(scl_host_works, &monitor, msecs_to_jiffies(MONITOR_MS));
}

void scl_monitor_end(void)
{
	cancel_delayed_work_sync(&monitor);
}
