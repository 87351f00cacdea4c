// SPDX-License-Identifier: GPL-2.0
//
// What nobody announces is looked for: hosts that die without a word, and what stock's own functions do to devices.
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "device.h"
#include "guard.h"
#include "host.h"
#include "transition.h"
#include "walk.h"
#include "watch.h"

#define SCL_WATCH_MS 1000

static void watch_hosts(struct work_struct *work);
static DECLARE_DELAYED_WORK(watch, watch_hosts);

static void see_host(struct scl_host *host, void *unused)
{
	struct scsi_device *sdev;

	if (scl_host_dying(host) || scl_rebooting())
		scl_host_look_after(host, 0);
	scl_for_each_device(sdev, host->shost) {
		/*
		 * The class has not been told yet, if its mutex is held by what waits for this very device. First, so that
		 * its life has the removal as the cause.
		 */
		if (READ_ONCE(sdev->sdev_state) == SDEV_CANCEL && device_is_registered(&sdev->sdev_gendev))
			scl_device_removal_begins(host, sdev, SCL_BEGIN_FOUND);
		scl_transition_see(sdev, SCL_EVENT_NONE);
	}
	scl_spare_poll(host);
}

/*
 * The exit of an LLD may wait before it removes any device: for a scan, which holds scan_mutex, of a LUN
 * that was blocked before it was visible. Neither the unload nor the block is announced. Not deferrable: on an
 * idle machine the unload would wait for the next one to wake up. Rounded, it wakes up with others.
 */
static void watch_hosts(struct work_struct *work)
{
	scl_hosts_each(see_host, NULL);
	queue_delayed_work(scl_looks, &watch, round_jiffies_relative(msecs_to_jiffies(SCL_WATCH_MS)));
}

void scl_watch_start(void)
{
	queue_delayed_work(scl_looks, &watch, msecs_to_jiffies(SCL_WATCH_MS));
}

void scl_watch_stop(void)
{
	cancel_delayed_work_sync(&watch);
}
