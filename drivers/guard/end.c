// SPDX-License-Identifier: GPL-2.0
//
// The end of a life: at once what cuts it off from its device, and by a worker the rest.
#include <linux/atomic.h>
#include <linux/sched/mm.h>
#include <linux/wait.h>
#include <scsi/scsi_host.h>

#include "consumer.h"
#include "end.h"
#include "event.h"
#include "guard.h"
#include "life.h"
#include "node.h"

static atomic_t ends = ATOMIC_INIT(0);	/* that a worker still has to see to */
static DECLARE_WAIT_QUEUE_HEAD(ended);

/*
 * In a worker, where nobody's locks are held: those of the removal, or of a close.
 */
void scl_life_see_off(struct work_struct *work)
{
	struct scl_life *life = container_of(work, struct scl_life, end);
	/* Removals wait for this, and must not wait for I/O of other devices: see device_del(). */
	unsigned int noio = memalloc_noio_save();

	scl_event_last(life);
	if (life->has_node)
		scl_node_remove(life);
	if (life->removed)
		scl_event_removed(life);

	spin_lock_irq(&life->lock);
	scl_life_write(life, SCSI_LIFECYCLE_GONE, life->state, 0);
	scl_consumers_gone(life);
	spin_unlock_irq(&life->lock);
	atomic_dec(&ends);
	wake_up_all(&ended);
	put_device(&life->dev);
	memalloc_noio_restore(noio);
}

/**
 * scl_life_end - a device is gone, or forgotten
 * @life: its life; ended already is fine
 * @removed: its removal is complete
 *
 * What is left to do, a worker does: see scl_ends_wait().
 *
 * Context: process, and not in interrupts. Caller is in a read section of scl_srcu.
 */
void scl_life_end(struct scl_life *life, bool removed)
{
	struct scsi_device *sdev;

	spin_lock_irq(&life->lock);
	sdev = life->sdev;
	if (sdev) {
		if (removed)
			scl_life_take(life, (struct scl_state){ .phase = SCL_PHASE_DEL }, SCL_EVENT_REMOVED);
		life->sdev = NULL;
		life->removed = removed;
		scl_openers_gone(&life->openers);
		atomic_inc(&ends);
	}
	spin_unlock_irq(&life->lock);
	if (!sdev)
		return;
	scl_life_unlist(life, sdev);
	queue_work(scl_life_queue, &life->end);
}

struct ending {
	const struct Scsi_Host *shost;	/* NULL: of any */
	bool found;
};

static void find_ending(struct scl_life *life, void *arg)
{
	struct ending *ending = arg;

	if ((!ending->shost || life->shost == ending->shost) && !READ_ONCE(life->sdev) && !READ_ONCE(life->journal.over))
		ending->found = true;
}

static bool is_ending(const struct Scsi_Host *shost)
{
	struct ending ending = { .shost = shost };

	if (atomic_read(&ends))
		scl_lives_each(find_ending, &ending);
	return ending.found;
}

/**
 * scl_ends_wait - wait until the devices of a host that are gone have neither nodes nor news
 * @shost: the host; NULL: all
 *
 * For nothing else that the queue has to do, and not by flush_workqueue(): LLDs scan in workers of queues for memory
 * reclaim, which the workqueue would warn of.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_ends_wait(const struct Scsi_Host *shost)
{
	wait_event(ended, !is_ending(shost));
}

struct leaver {
	const struct Scsi_Host *shost;	/* NULL: all */
	bool removed;
};

static void end_if_of(struct scl_life *life, void *arg)
{
	struct leaver *leaver = arg;

	if (!leaver->shost || life->shost == leaver->shost)
		scl_life_end(life, leaver->removed);
}

/**
 * scl_lives_end_host - a host goes away; no life refers to it or its devices when this returns
 * @shost: the host
 * @removed: and its devices with it
 *
 * All its devices have gone before, but for one whose LLD did not remove it.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_lives_end_host(const struct Scsi_Host *shost, bool removed)
{
	scl_lives_each(end_if_of, &(struct leaver){ shost, removed });
	scl_ends_wait(shost);
}
