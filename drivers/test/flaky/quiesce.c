// SPDX-License-Identifier: GPL-2.0
#include "quiesce.h"

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <scsi/scsi_device.h>

/*
 * scsi_device_quiesce() must not run twice at a time for one device, nor for one that another task
 * has quiesced: the latter makes it warn, and the former leaves the queue closed after a resume.
 * The caller has to prevent both, and not by a lock: a quiesce may wait for a write of "unblock",
 * and the next writer could then be neither answered nor killed.
 */

/* On the stack of a task that quiesces @sdev, or all of @starget where @sdev is NULL. */
struct claim {
	struct list_head node;
	const struct scsi_target *starget;
	const struct scsi_device *sdev;
};

/* Protects claims. A leaf. */
static DEFINE_SPINLOCK(claims_lock);
static LIST_HEAD(claims);

static bool conflict(const struct claim *a, const struct claim *b)
{
	return a->starget == b->starget && (!a->sdev || !b->sdev || a->sdev == b->sdev);
}

static int claim_begin(struct claim *claim)
{
	struct claim *other;
	int ret = 0;

	spin_lock(&claims_lock);
	list_for_each_entry(other, &claims, node) {
		if (conflict(claim, other)) {
			ret = -EBUSY;
			break;
		}
	}
	if (!ret)
		list_add(&claim->node, &claims);
	spin_unlock(&claims_lock);
	return ret;
}

static void claim_end(struct claim *claim)
{
	spin_lock(&claims_lock);
	list_del(&claim->node);
	spin_unlock(&claims_lock);
}

static void note_quiesced(struct scsi_device *sdev, void *quiesced)
{
	mutex_lock(&sdev->state_mutex);
	if (sdev->quiesced_by && sdev->quiesced_by != current)
		*(bool *)quiesced = true;
	mutex_unlock(&sdev->state_mutex);
}

/**
 * flaky_quiesce_device - scsi_device_quiesce() within its contract
 * @sdev: the device, referenced
 *
 * Context: Process context, no lock held. Sleeps, unkillable, while the device is blocked with
 *	requests pending.
 * Return: 0; -EBUSY where another task quiesces or has quiesced it; the error of the stock
 *	function.
 */
int flaky_quiesce_device(struct scsi_device *sdev)
{
	struct claim claim = { .starget = scsi_target(sdev), .sdev = sdev };
	bool quiesced = false;
	int ret;

	ret = claim_begin(&claim);
	if (ret)
		return ret;
	note_quiesced(sdev, &quiesced);
	ret = quiesced ? -EBUSY : scsi_device_quiesce(sdev);
	claim_end(&claim);
	return ret;
}

/**
 * flaky_quiesce_target - scsi_target_quiesce() within its contract
 * @starget: the target, referenced
 *
 * Context: As flaky_quiesce_device(). While it sleeps, stock holds the LLD's module.
 * Return: 0, or -EBUSY as flaky_quiesce_device(). Stock reports no error.
 */
int flaky_quiesce_target(struct scsi_target *starget)
{
	struct claim claim = { .starget = starget };
	bool quiesced = false;
	int ret;

	ret = claim_begin(&claim);
	if (ret)
		return ret;
	starget_for_each_device(starget, &quiesced, note_quiesced);
	if (quiesced)
		ret = -EBUSY;
	else
		scsi_target_quiesce(starget);
	claim_end(&claim);
	return ret;
}
