// SPDX-License-Identifier: GPL-2.0
//
// What udev hears: a change event of the device for its transitions, one of the host when a removal is complete.
#include <linux/jiffies.h>
#include <linux/kobject.h>
#include <linux/sched/mm.h>
#include <scsi/scsi_host.h>

#include "event.h"
#include "guard.h"
#include "host.h"
#include "life.h"

/* Between two events of one device, so that one which flutters does not drown the others. */
#define SCL_EVENT_GAP (HZ / 10)

static const char *const flush_names[] = { "none", "completed", "failed", "killed", "unknown" };

struct told {
	struct scl_state state;
	unsigned char cause;
	unsigned int transitions;
};

static int send(struct scsi_device *sdev, const struct told *told)
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
	return kobject_uevent_env(&sdev->sdev_gendev.kobj, KOBJ_CHANGE, env);
}

/* The last state stands for those that were passed through since the last event. */
static void tell(struct scl_life *life)
{
	struct scsi_device *sdev = scl_life_device(life);
	struct told told;

	lockdep_assert_held(&life->event_mutex);
	if (!sdev)
		return;
	spin_lock_irq(&life->lock);
	told = (struct told){ life->state, life->cause, life->untold };
	life->untold = 0;
	life->event_at = jiffies;
	spin_unlock_irq(&life->lock);
	if (told.transitions && send(sdev, &told) == -ENOMEM) {
		spin_lock_irq(&life->lock);
		life->untold += told.transitions;
		queue_delayed_work(scl_life_queue, &life->event, SCL_EVENT_GAP);
		spin_unlock_irq(&life->lock);
	}
	put_device(&sdev->sdev_gendev);
}

static void event(struct work_struct *work)
{
	struct scl_life *life = container_of(to_delayed_work(work), struct scl_life, event);
	/* As in scl_life_see_off(). */
	unsigned int noio = memalloc_noio_save();
	int idx = srcu_read_lock(&scl_srcu);

	mutex_lock(&life->event_mutex);
	if (!life->silent)
		tell(life);
	mutex_unlock(&life->event_mutex);
	srcu_read_unlock(&scl_srcu, idx);
	memalloc_noio_restore(noio);
}

void scl_event_init(struct scl_life *life)
{
	INIT_DELAYED_WORK(&life->event, event);
	mutex_init(&life->event_mutex);
	life->event_at = jiffies - SCL_EVENT_GAP;
}

/**
 * scl_event_due - a transition is to be told
 * @life: of what
 *
 * Context: any but NMI. The life's lock is held.
 */
void scl_event_due(struct scl_life *life)
{
	unsigned long at = life->event_at + SCL_EVENT_GAP;

	lockdep_assert_held(&life->lock);
	life->untold++;
	queue_delayed_work(scl_life_queue, &life->event, time_after(at, jiffies) ? at - jiffies : 0);
}

/**
 * scl_events_stop - a device leaves sysfs next, and there are no more events of it
 * @sdev: the device
 *
 * The last state is told before this returns. What follows is told by the host's event and in the life's records.
 *
 * Context: may sleep. Caller is in a read section of scl_srcu.
 */
void scl_events_stop(struct scsi_device *sdev)
{
	struct scl_life *life = scl_life_find(sdev);

	if (!life)
		return;
	mutex_lock(&life->event_mutex);
	tell(life);
	life->silent = true;
	mutex_unlock(&life->event_mutex);
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

	if (host) {
		scnprintf(removed, sizeof(removed), "SCSI_LIFECYCLE_REMOVED=%u:%u:%u:%llu", life->host_no,
			  life->channel, life->id, life->lun);
		scnprintf(flush, sizeof(flush), "SCSI_LIFECYCLE_FLUSH=%s", flush_names[life->flush]);
		kobject_uevent_env(&host->shost->shost_gendev.kobj, KOBJ_CHANGE, env);
	}
	srcu_read_unlock(&scl_srcu, idx);
}
