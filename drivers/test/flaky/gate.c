// SPDX-License-Identifier: GPL-2.0
#include "gate.h"

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <scsi/scsi_host.h>

/*
 * A visit holds references on a host and its devices, but none on the LLD's module: rmmod must not
 * be refused because a transport waits. The release of a device, a host or the host's parent runs
 * or reads what the LLD's module holds, so each reference must be dropped before that is freed.
 * MODULE_STATE_GOING comes after the LLD's exit and before the free, and it may sleep. There:
 *
 *  1. No new visit can begin. The exit has removed the LLD's hosts, and scsi_host_lookup() finds
 *     no removed host.
 *  2. A lookup that found the host before that has put its visit on the list, or still holds
 *     lookup_mutex. It also covers the references that a lookup takes in passing on every host it
 *     steps over. Taking the mutex once therefore makes all of them visible.
 *  3. Every visit to the LLD that is on the list is waited for. Its references are put, and their
 *     releases have run, before it leaves the list.
 *
 * The wait ends. A visit waits for
 *  - the freeze in scsi_device_quiesce(), which lasts while the device is blocked with requests
 *    pending. The exit has passed blk_mq_destroy_queue() of each device, which itself waits for
 *    the same usage count to reach zero. A device that stays blocked holds up the exit, which
 *    comes before this: a visit can still begin then, and a write of "unblock" gets through.
 *  - state_mutex and an RCU grace period, which never wait for a module.
 * The exit does not wait for a visit either: scsi_remove_host() waits for removals and for the
 * tag set, not for references.
 *
 * Only visits to the LLD that is unloaded are waited for. A wait for all, as one SRCU or rwsem for
 * whole writes would give, lets a quiesce of one LLD's blocked device hang the rmmod of any other
 * module; the rwsem would also shut out the "unblock" that ends it.
 */

/* Held across scsi_host_lookup() and the listing of its result. Outside visits_lock. */
static DEFINE_MUTEX(lookup_mutex);

/* Protects visits. A leaf. */
static DEFINE_SPINLOCK(visits_lock);
static LIST_HEAD(visits);
static DECLARE_WAIT_QUEUE_HEAD(visit_ended);

/**
 * flaky_visit_begin - find a host and keep its LLD's text until flaky_visit_end()
 * @visit: filled in; @visit->shost may be used until flaky_visit_end()
 * @host_no: the H of H:C:T:L
 *
 * Context: Process context, may sleep. The caller holds no lock.
 * Return: 0, or -ENODEV where there is no such host. On error there is nothing to end.
 */
int flaky_visit_begin(struct flaky_visit *visit, unsigned int host_no)
{
	int ret = -ENODEV;

	mutex_lock(&lookup_mutex);
	visit->shost = scsi_host_lookup(host_no);
	if (visit->shost) {
		/*
		 * NULL for a built-in LLD, but also for any LLD in its exit once a device of it was
		 * released: scsi_device_dev_release() of older kernels clears it.
		 */
		visit->lld = READ_ONCE(visit->shost->hostt->module);
		spin_lock(&visits_lock);
		list_add(&visit->node, &visits);
		spin_unlock(&visits_lock);
		ret = 0;
	}
	mutex_unlock(&lookup_mutex);
	return ret;
}

/**
 * flaky_visit_end - drop the host, and then let the unload of its LLD continue
 * @visit: a visit begun with success; its device references are put
 *
 * Context: Process context, may sleep. The caller holds no lock.
 */
void flaky_visit_end(struct flaky_visit *visit)
{
	scsi_host_put(visit->shost);

	spin_lock(&visits_lock);
	list_del(&visit->node);
	spin_unlock(&visits_lock);
	wake_up_all(&visit_ended);
}

/* A visit whose LLD is unknown counts for every module. */
static bool visited(const struct module *lld)
{
	struct flaky_visit *visit;
	bool found = false;

	spin_lock(&visits_lock);
	list_for_each_entry(visit, &visits, node) {
		if (!visit->lld || visit->lld == lld) {
			found = true;
			break;
		}
	}
	spin_unlock(&visits_lock);
	return found;
}

static int module_event(struct notifier_block *nb, unsigned long event, void *module)
{
	if (event != MODULE_STATE_GOING)
		return NOTIFY_DONE;

	mutex_lock(&lookup_mutex);
	mutex_unlock(&lookup_mutex);
	wait_event(visit_ended, !visited(module));
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = {
	.notifier_call = module_event,
};

/**
 * flaky_gate_init - register for the unload of LLDs
 *
 * Context: Process context, before the first visit.
 * Return: 0 or the error of register_module_notifier().
 */
int flaky_gate_init(void)
{
	return register_module_notifier(&module_notifier);
}

/**
 * flaky_gate_exit - unregister
 *
 * Context: Process context, after the last visit has ended.
 */
void flaky_gate_exit(void)
{
	unregister_module_notifier(&module_notifier);
}
