// SPDX-License-Identifier: GPL-2.0
//
// What udev hears: a change event of the device's node, and one of the host when a removal is complete. None of the
// SCSI device itself: udev's 60-block.rules forward that to its disk, which is then opened and probed, also where it has
// no path, and what waits there keeps the disk and its LLD in use.
#include <linux/jiffies.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <scsi/scsi_host.h>

#include "event.h"
#include "guard.h"
#include "host.h"
#include "life.h"

/* Between two events of one device, so that one which flaps does not drown the others. */
#define EVENT_GAP (HZ / 10)

enum events { EVENTS_OFF, EVENTS_REMOVALS, EVENTS_ALL, EVENTS_COUNT };
static const char *const events_names[EVENTS_COUNT] = { "off", "removals", "all" };
static int events = EVENTS_REMOVALS;

static const char *const flush_names[] = { "none", "completed", "failed", "killed", "unknown" };

struct told {
	struct scl_state state;
	unsigned char cause;
	unsigned int transitions;
};

static int send(struct scl_life *life, char **env)
{
	return life->has_node ? kobject_uevent_env(&life->dev.kobj, KOBJ_CHANGE, env) : 0;
}

static int send_state(struct scl_life *life, const struct told *told)
{
	char phase[48], cause[48], transitions[48];
	char *env[] = {
		phase, told->state.blocked ? "SCSI_LIFECYCLE_BLOCKED=yes" : "SCSI_LIFECYCLE_BLOCKED=no", cause,
		transitions, NULL
	};

	scnprintf(phase, sizeof(phase), "SCSI_LIFECYCLE_STATE=%s", scl_phase_name(told->state.phase));
	scnprintf(cause, sizeof(cause), "SCSI_LIFECYCLE_CAUSE=%s",
		  told->cause == SCL_EVENT_NONE ? "seen" : scl_event_name(told->cause));
	scnprintf(transitions, sizeof(transitions), "SCSI_LIFECYCLE_TRANSITIONS=%u", told->transitions);
	return send(life, env);
}

/* The last state stands for those that were passed through since the last event. */
static void tell(struct scl_life *life)
{
	struct told told;

	spin_lock_irq(&life->lock);
	told = (struct told){ life->event_state, life->event_cause, life->untold };
	life->untold = 0;
	life->event_at = jiffies;
	spin_unlock_irq(&life->lock);
	if (!told.transitions || send_state(life, &told) != -ENOMEM)
		return;
	spin_lock_irq(&life->lock);
	life->untold += told.transitions;
	/* Once the device is gone the work was cancelled, and is not queued any more. */
	if (life->sdev)
		queue_delayed_work(scl_life_queue, &life->event, EVENT_GAP);
	spin_unlock_irq(&life->lock);
}

static void event(struct work_struct *work)
{
	/* As in scl_life_see_off(). */
	unsigned int noio = memalloc_noio_save();

	tell(container_of(to_delayed_work(work), struct scl_life, event));
	memalloc_noio_restore(noio);
}

void scl_event_init(struct scl_life *life)
{
	INIT_DELAYED_WORK(&life->event, event);
	life->event_at = jiffies - EVENT_GAP;
}

/**
 * scl_event_due - a transition is to be told, if the administrator wants to hear of it
 * @life: of what
 * @removal: it is the begin of a removal
 *
 * Context: any but NMI. The life's lock is held, and its device is not gone.
 */
void scl_event_due(struct scl_life *life, bool removal)
{
	unsigned long at = life->event_at + EVENT_GAP;
	int wanted = READ_ONCE(events);

	lockdep_assert_held(&life->lock);
	life->untold++;
	if (wanted != EVENTS_ALL && !(wanted == EVENTS_REMOVALS && removal))
		return;
	life->event_state = life->state;
	life->event_cause = life->cause;
	queue_delayed_work(scl_life_queue, &life->event, time_after(at, jiffies) ? at - jiffies : 0);
}

/**
 * scl_event_last - a device is gone, its node goes next: tell what is due
 * @life: the device's
 *
 * Context: may sleep; nothing is due any more when this returns.
 */
void scl_event_last(struct scl_life *life)
{
	if (cancel_delayed_work_sync(&life->event))
		tell(life);
}

/**
 * scl_event_flush - a flush is lost
 * @sdev: the device
 * @fate: how
 *
 * Context: may sleep.
 */
void scl_event_flush(struct scsi_device *sdev, enum scl_fate fate)
{
	unsigned int noio = memalloc_noio_save();
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = scl_life_find(sdev);
	bool there = false;
	char flush[48];
	char *env[] = { flush, NULL };

	scnprintf(flush, sizeof(flush), "SCSI_LIFECYCLE_FLUSH=%s", flush_names[fate]);
	if (life) {
		/* A life that has its device has its own reference; one that ended may be at its release. */
		spin_lock_irq(&life->lock);
		there = life->sdev && get_device(&life->dev);
		spin_unlock_irq(&life->lock);
	}
	if (there && READ_ONCE(events) != EVENTS_OFF)
		send(life, env);
	if (there)
		put_device(&life->dev);
	srcu_read_unlock(&scl_srcu, idx);
	memalloc_noio_restore(noio);
}

/**
 * scl_event_removed - a removal is complete
 * @life: the device's, of a host that is still there, or this says nothing
 *
 * Context: may sleep.
 */
void scl_event_removed(struct scl_life *life)
{
	char removed[64], flush[48];
	char *env[] = { removed, flush, NULL };
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_life_host(life);

	if (host && READ_ONCE(events) != EVENTS_OFF) {
		scnprintf(removed, sizeof(removed), "SCSI_LIFECYCLE_REMOVED=%u:%u:%u:%llu", life->host_no,
			  life->channel, life->id, life->lun);
		scnprintf(flush, sizeof(flush), "SCSI_LIFECYCLE_FLUSH=%s", flush_names[life->outcome.flush]);
		kobject_uevent_env(&host->shost->shost_gendev.kobj, KOBJ_CHANGE, env);
	}
	srcu_read_unlock(&scl_srcu, idx);
}

static int events_set(const char *text, const struct kernel_param *kp)
{
	int found = text ? __sysfs_match_string(events_names, EVENTS_COUNT, text) : -EINVAL;

	if (found < 0) {
		pr_warn("%s: \"%*pE\" is neither \"off\" nor \"removals\" nor \"all\"\n", kp->name,
			text ? (int)strcspn(text, "\n") : 0, text);
		return -EINVAL;
	}
	WRITE_ONCE(events, found);
	return 0;
}

static int events_get(char *text, const struct kernel_param *kp)
{
	return sysfs_emit(text, "%s\n", events_names[READ_ONCE(events)]);
}

static const struct kernel_param_ops events_ops = {
	.set = events_set,
	.get = events_get,
};
module_param_cb(uevents, &events_ops, NULL, 0644);
MODULE_PARM_DESC(uevents,
		 "what udev hears of: \"off\", \"removals\" (default): their begin, their end and lost flushes, or \"all\" transitions");
