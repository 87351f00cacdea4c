// SPDX-License-Identifier: GPL-2.0
//
// The removal of a disk waits for several grace periods of RCU, one after another. While removals
// make progress this module has all of them expedited, as del_gendisk() expedites one of its own.
//
// An expedited grace period interrupts each CPU that is not idle, and all of the machine's are
// expedited, not those of the removal alone. So this ends by itself a second after the last step of
// a removal, also where a removal hangs. A kernel that is told to expedite none (rcu_normal, which
// kernels for real time set after boot) expedites none: rcu_gp_is_normal() goes first there.
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched/isolation.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "sdev/sdev.h"
#include "teardown.h"

/* More than a step of a removal takes, or the end of an LLD's unload after the last of them. */
#define LINGER_MS 1000

static s8 told = -1;		/* the parameter; below 0: nothing was said */

static void lapse(struct work_struct *work);
static DECLARE_DELAYED_WORK(lapse_work, lapse);
static DEFINE_SPINLOCK(expedite_lock);	/* the two below; under it work is queued */
static bool in_force;	/* rcu_expedite_gp() was called, and rcu_unexpedite_gp() is due */
static bool over;	/* this module is being unloaded */

/* Where CPUs are isolated, they are so for the sake of not being interrupted. */
static bool is_wanted(void)
{
	s8 is = READ_ONCE(told);

	return is < 0 ? !housekeeping_enabled(HK_TYPE_DOMAIN) : is;
}

static void lapse(struct work_struct *work)
{
	spin_lock(&expedite_lock);
	/* A removal that took a step since this work's timer expired has queued it again. */
	if (in_force && !delayed_work_pending(&lapse_work)) {
		rcu_unexpedite_gp();
		in_force = false;
	}
	spin_unlock(&expedite_lock);
}

/**
 * scl_expedite_device - begin what the freeze of a device's queue would wait for
 * @host: its host
 * @sdev: the device, whose removal begins
 *
 * A removal freezes the queue of its device. That takes a grace period, in percpu_ref_kill(), which
 * cannot be expedited.
 *
 * Context: may sleep. Caller is in a read section of scl_srcu and has a reference on @sdev.
 */
void scl_expedite_device(struct scl_host *host, struct scsi_device *sdev)
{
	/* Where all of the host's have begun, this would wait for what was begun. */
	if (is_wanted() && !READ_ONCE(host->queues_begun))
		scl_queue_will_freeze(sdev->request_queue);
}

/**
 * scl_expedite_host - begin what the freezes of all queues of a host would wait for
 * @host: the host
 * @first: its device that has lost its driver; what its own freeze waits for has begun
 *
 * If the host is being removed. Left alone, the grace period of one device begins when the one
 * before it is over. Not before a device has come this far: where the first removal hangs, its
 * siblings are in use for as long as it does. A host that the administrator calls "cancel" or
 * "deleted" by sysfs is not removed by that.
 *
 * Context: may sleep. Caller is in a read section of scl_srcu.
 */
void scl_expedite_host(struct scl_host *host, struct scsi_device *first)
{
	struct scsi_device *sdev;

	if (!is_wanted() || !scl_host_dying(host) || xchg(&host->queues_begun, true))
		return;
	scl_for_each_device(sdev, host->shost)
		if (sdev != first)
			scl_queue_will_freeze(sdev->request_queue);
}

/**
 * scl_expedite - expedite grace periods for a moment, for a removal that takes a step
 *
 * Context: process.
 */
void scl_expedite(void)
{
	spin_lock(&expedite_lock);
	if (is_wanted() && !over) {
		if (!in_force)
			rcu_expedite_gp();
		in_force = true;
		mod_delayed_work(scl_host_works, &lapse_work, msecs_to_jiffies(LINGER_MS));
	}
	spin_unlock(&expedite_lock);
}

/**
 * scl_expedites - does this module have grace periods expedited?
 *
 * Context: process.
 */
bool scl_expedites(void)
{
	bool is;

	spin_lock(&expedite_lock);
	is = in_force;
	spin_unlock(&expedite_lock);
	return is;
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

/* kstrtobool() takes any word that begins like one of these. */
static int expedite_set(const char *text, const struct kernel_param *kp)
{
	static const char *const words[] = { "N", "n", "0", "Y", "y", "1" };
	int word = text ? sysfs_match_string(words, text) : -EINVAL;

	if (word < 0) {
		pr_warn("%s: \"%*pE\" is neither \"Y\" nor \"N\"\n", kp->name,
			text ? (int)strcspn(text, "\n") : 0, text);
		return -EINVAL;
	}
	WRITE_ONCE(told, word >= 3);
	return 0;
}

static int expedite_get(char *text, const struct kernel_param *kp)
{
	return sysfs_emit(text, "%c\n", is_wanted() ? 'Y' : 'N');
}

static const struct kernel_param_ops expedite_ops = {
	.set = expedite_set,
	.get = expedite_get,
};
module_param_cb(expedite, &expedite_ops, NULL, 0644);
MODULE_PARM_DESC(expedite,
		 "expedite grace periods of RCU while devices are being removed: Y or N (default: Y, but N where CPUs are isolated)");
