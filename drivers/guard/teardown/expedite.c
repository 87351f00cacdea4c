// SPDX-License-Identifier: GPL-2.0
//
// The removal of a disk waits for several grace periods of RCU, one after another. While removals
// make progress all of them are expedited, as del_gendisk() expedites one of its own.
//
// That is in force for the whole machine, and interrupts each CPU that is not idle. So it ends by
// itself soon after the last step of a removal, also where a removal hangs. A kernel for real time
// (rcupdate.rcu_normal_after_boot) does not expedite, whatever is asked for here.
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "sdev/sdev.h"
#include "teardown.h"

/* More than a step of a removal takes, or the end of an LLD's unload after the last of them. */
#define LINGER_MS 1000

static bool expedite = true;

static void lapse(struct work_struct *work);
static DECLARE_DELAYED_WORK(lapse_work, lapse);
static DEFINE_SPINLOCK(expedite_lock);	/* the two below; a leaf */
static bool in_force;	/* rcu_expedite_gp() was called, and rcu_unexpedite_gp() is due */
static bool over;	/* this module is being unloaded */

/* A step that was taken since the timer expired has queued this again. */
static void lapse(struct work_struct *work)
{
	spin_lock(&expedite_lock);
	if (in_force && !delayed_work_pending(&lapse_work)) {
		rcu_unexpedite_gp();
		in_force = false;
	}
	spin_unlock(&expedite_lock);
}

/**
 * scl_expedite_host - a host is being removed: let its devices' queues be frozen at once later
 * @host: the host
 *
 * To freeze a queue takes a grace period, in percpu_ref_kill(), which cannot be expedited. Here it
 * begins for all devices of the host together, as it does otherwise for one after another.
 *
 * Context: may sleep. Caller is in a read section of scl_srcu.
 */
void scl_expedite_host(struct scl_host *host)
{
	struct scsi_device *sdev;

	if (!READ_ONCE(expedite))
		return;
	scl_for_each_device(sdev, host->shost)
		scl_queue_will_freeze(sdev->request_queue);
}

/**
 * scl_expedite_device - the same for one device whose removal begins
 * @sdev: the device
 *
 * Context: may sleep. Caller has a reference on @sdev.
 */
void scl_expedite_device(struct scsi_device *sdev)
{
	if (READ_ONCE(expedite))
		scl_queue_will_freeze(sdev->request_queue);
}

/**
 * scl_expedite - a removal takes a step: expedite grace periods for a moment
 *
 * Context: process.
 */
void scl_expedite(void)
{
	spin_lock(&expedite_lock);
	if (READ_ONCE(expedite) && !over) {
		if (!in_force)
			rcu_expedite_gp();
		in_force = true;
		mod_delayed_work(scl_host_works, &lapse_work, msecs_to_jiffies(LINGER_MS));
	}
	spin_unlock(&expedite_lock);
}

/**
 * scl_expedite_exit - expedite nothing from now on
 *
 * Context: may sleep.
 */
void scl_expedite_exit(void)
{
	spin_lock(&expedite_lock);
	over = true;
	spin_unlock(&expedite_lock);
	cancel_delayed_work_sync(&lapse_work);
	if (in_force)
		rcu_unexpedite_gp();
	in_force = false;
}

module_param(expedite, bool, 0644);
MODULE_PARM_DESC(expedite,
		 "expedite grace periods of RCU while devices are being removed: Y (default) or N");
