// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/rcupdate.h>
#include <scsi/scsi_lifecycle.h>

#include "account.h"
#include "compat.h"
#include "guard.h"
#include "host.h"
#include "report.h"
#include "transition.h"
#include "walk.h"

/* What a transition leaves to its caller, in any context. */
static int finish(struct scsi_device *sdev, struct scl_state from, struct scl_step step, unsigned int killed)
{
	struct scl_host *host;
	int idx;

	if (step.refused)
		return -EINVAL;
	if (step.actions & SCL_ACTION_REPORT)
		scl_report_given_up(sdev, from, killed);
	if (step.actions & SCL_ACTION_ARM) {
		idx = srcu_read_lock(&scl_srcu);
		host = scl_host_find(sdev->host);
		if (host)
			scl_host_look_after(host, 0);
		srcu_read_unlock(&scl_srcu, idx);
	}
	return 0;
}

/* A device whose host could not be remembered, for want of memory, has no clock. */
static bool has_clock(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	bool has = scl_host_find(sdev->host) != NULL;

	srcu_read_unlock(&scl_srcu, idx);
	return has;
}

/* -EAGAIN: it is no longer where it was seen. */
static int happens_from(struct scsi_device *sdev, struct scl_stock at, enum scl_event event)
{
	struct scl_state from = scl_read(at);
	struct scl_step step = scl_next(from, event);
	bool given_up = false;
	unsigned int killed;

	/* It would wait for ever in CANCEL_BLOCK, where stock refuses and goes on to SDEV_DEL. */
	if (step.actions & SCL_ACTION_ARM && !has_clock(sdev))
		return -EINVAL;
	if (step.actions & SCL_ACTION_REPORT)
		given_up = scl_account_given_up(sdev);
	if (!scl_transition_from(sdev, at, event, &step, &killed)) {
		if (given_up)
			scl_account_not_given_up(sdev);
		return -EAGAIN;
	}
	return finish(sdev, from, step, killed);
}

static int happens(struct scsi_device *sdev, enum scl_event event)
{
	int err;

	do
		err = happens_from(sdev, scl_stock_fields(sdev), event);
	while (err == -EAGAIN);
	return err;
}

/*
 * What it takes to get to the state that is asked for. The two names of a blocked device are reached from
 * where stock lets them be reached, and by a block.
 */
static enum scl_event asked_for(struct scl_stock at, enum scsi_device_state state)
{
	struct scl_state from = scl_read(at);
	bool created = from.phase == SCL_PHASE_CREATED;

	switch (state) {
	case SDEV_RUNNING:
		/*
		 * A device that the stock function, before it was redirected, gave the name SDEV_BLOCK and
		 * nothing else: its queue flows. The name alone has to be taken back.
		 */
		return at.sdev_state == SDEV_BLOCK && !at.queue_stopped ? SCL_EVENT_UNBLOCK : SCL_EVENT_ONLINE;
	case SDEV_QUIESCE:
		return SCL_EVENT_QUIESCE;
	case SDEV_OFFLINE:
		return SCL_EVENT_OFFLINE;
	case SDEV_TRANSPORT_OFFLINE:
		return SCL_EVENT_TRANSPORT_OFFLINE;
	case SDEV_CANCEL:
		return SCL_EVENT_REMOVE;
	case SDEV_DEL:
		return SCL_EVENT_REMOVED;
	case SDEV_BLOCK:
		return created && !from.blocked ? SCL_EVENT_NONE : SCL_EVENT_BLOCK;
	case SDEV_CREATED_BLOCK:
		return created ? SCL_EVENT_BLOCK : SCL_EVENT_NONE;
	case SDEV_CREATED:
		return created ? SCL_EVENT_UNBLOCK : SCL_EVENT_NONE;
	default:
		return SCL_EVENT_NONE;
	}
}

static bool is_there(struct scl_stock at, enum scsi_device_state state)
{
	struct scl_state is = scl_read(at);

	return is.phase == SCL_PHASE_CREATED && (is.blocked ? state == SDEV_CREATED_BLOCK : state == SDEV_CREATED);
}

/**
 * scsi_lifecycle_set_state - take a device to a state, as scsi_device_set_state()
 * @sdev: the device
 * @state: the state
 *
 * What differs: from SDEV_BLOCK and SDEV_CREATED_BLOCK, SDEV_CANCEL is legal and leaves the queue
 * stopped; SDEV_BLOCK is legal from SDEV_CANCEL; SDEV_RUNNING leaves a device whose queue is stopped in SDEV_BLOCK, with
 * the queue stopped, from SDEV_OFFLINE too; and SDEV_BLOCK stops the queue. All that differs is
 * listed in kunit/compare.c. (mptsas_block_io_sdev() of drivers/message/fusion/mptsas.c blocks by this alone, and
 * removes the device next: its flush then waits for teardown_tmo where stock throws it away.)
 *
 * Context: any but NMI, spinlocks held or not.
 * Return: 0, or -EINVAL without a device, for a state that is not legal from here, or that there is not, and where a removal
 * would begin to wait on a host that is not remembered.
 */
int scsi_lifecycle_set_state(struct scsi_device *sdev, enum scsi_device_state state)
{
	struct scl_stock at;
	int err;

	if (!sdev)
		return -EINVAL;
	do {
		at = scl_stock_fields(sdev);
		err = is_there(at, state) ? 0 : happens_from(sdev, at, asked_for(at, state));
	} while (err == -EAGAIN);
	return err;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_set_state);

/**
 * scsi_lifecycle_block_nowait - block a device, as scsi_internal_device_block_nowait()
 * @sdev: the device, under removal or not
 *
 * Context: any but NMI, spinlocks held or not. Dispatchers may still be on their way to the LLD.
 * Return: 0; -EINVAL without a device, for one in SDEV_TRANSPORT_OFFLINE or SDEV_DEL, which blk-mq sends nothing to, and for
 * one under removal whose host is not remembered.
 */
int scsi_lifecycle_block_nowait(struct scsi_device *sdev)
{
	return sdev ? happens(sdev, SCL_EVENT_BLOCK) : -EINVAL;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_block_nowait);

static enum scl_event unblock_to(enum scsi_device_state state)
{
	switch (state) {
	case SDEV_RUNNING:
		return SCL_EVENT_UNBLOCK;
	case SDEV_TRANSPORT_OFFLINE:
		return SCL_EVENT_FAIL;
	default:
		return SCL_EVENT_NONE;
	}
}

/**
 * scsi_lifecycle_unblock_nowait - unblock a device, as scsi_internal_device_unblock_nowait()
 * @sdev: the device, under removal or not
 * @state: SDEV_RUNNING, or SDEV_TRANSPORT_OFFLINE: the path is given up, and what waits is killed
 *
 * Context: any but NMI, spinlocks held or not.
 * Return: 0; -EINVAL for another @state, or for a device that neither was blocked nor may be unblocked.
 */
int scsi_lifecycle_unblock_nowait(struct scsi_device *sdev, enum scsi_device_state state)
{
	return sdev ? happens(sdev, unblock_to(state)) : -EINVAL;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_unblock_nowait);

/* Anything else is the caller's mistake: he would block nothing, and not know. */
static bool is_of(struct device *dev, struct Scsi_Host *shost)
{
	return shost && dev && dev_to_shost(dev) == shost;
}

static bool is_under(struct scsi_device *sdev, struct device *dev)
{
	struct device *target = &scsi_target(sdev)->dev;

	return !dev || dev == &sdev->sdev_gendev || dev == target || dev == target->parent;
}

/*
 * All devices of @shost under @dev, or all. What is in SDEV_DEL is past being blocked. The first error is
 * kept, and the rest goes on.
 *
 * state_mutex is what stock takes here, and others rely on: scsi_send_eh_cmnd() calls queuecommand() under
 * it, past blk-mq, so a block has to wait for that (SRP tears its queue pairs down next); scsi_add_lun()
 * and __scsi_remove_device() ask for one state and then for another; and stock's own functions, where the
 * livepatch comes or goes, stop and start the queue in two steps.
 */
static int each_under(struct Scsi_Host *shost, struct device *dev, enum scl_event event)
{
	struct scsi_device *sdev;
	int idx, err, first = 0;

	if (event == SCL_EVENT_NONE)
		return -EINVAL;
	idx = srcu_read_lock(&scl_srcu);
	scl_for_each_device(sdev, shost) {
		if (!is_under(sdev, dev))
			continue;
		mutex_lock(&sdev->state_mutex);
		if (scl_device_state(sdev).phase != SCL_PHASE_DEL) {
			err = happens(sdev, event);
			first = first ?: err;
		}
		mutex_unlock(&sdev->state_mutex);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return first;
}

/**
 * scsi_lifecycle_block - block all devices under a device, as scsi_block_targets()
 * @shost: their host
 * @dev: a device, a target, or a parent of targets
 *
 * When it returns no command is on its way to the LLD any more, but for what error handling may send to a
 * device under removal: it asks for SDEV_BLOCK, which such a device is not in.
 *
 * Context: may sleep. Takes the state_mutex of each device, which error handling holds in queuecommand().
 * Return: 0; -EINVAL where @dev is not of @shost; or the first error of scsi_lifecycle_block_nowait(); all
 * devices were tried.
 */
int scsi_lifecycle_block(struct Scsi_Host *shost, struct device *dev)
{
	int err;

	if (!is_of(dev, shost))
		return -EINVAL;
	err = each_under(shost, dev, SCL_EVENT_BLOCK);
	scl_wait_for_dispatchers(shost);
	return err;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_block);

/**
 * scsi_lifecycle_unblock - unblock all devices under a device, as scsi_target_unblock()
 * @shost: their host
 * @dev: a device, a target, or a parent of targets
 * @state: as for scsi_lifecycle_unblock_nowait()
 *
 * Context: may sleep, with the transport's locks held, and in the error handling thread. Takes the state_mutex
 * of each device.
 * Return: 0; -EINVAL where @dev is not of @shost; or the first error of scsi_lifecycle_unblock_nowait(); all
 * devices were tried.
 */
int scsi_lifecycle_unblock(struct Scsi_Host *shost, struct device *dev, enum scsi_device_state state)
{
	return is_of(dev, shost) ? each_under(shost, dev, unblock_to(state)) : -EINVAL;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_unblock);

/**
 * scsi_lifecycle_host_block - block all devices of a host, as scsi_host_block()
 * @shost: the host
 *
 * Context: may sleep.
 * Return: as scsi_lifecycle_block().
 */
int scsi_lifecycle_host_block(struct Scsi_Host *shost)
{
	int err;

	if (!shost)
		return -EINVAL;
	err = each_under(shost, NULL, SCL_EVENT_BLOCK);
	scl_wait_for_dispatchers(shost);
	return err;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_host_block);

/**
 * scsi_lifecycle_host_unblock - unblock all devices of a host, as scsi_host_unblock()
 * @shost: the host
 * @state: as for scsi_lifecycle_unblock_nowait()
 *
 * Context: as scsi_lifecycle_unblock().
 * Return: as scsi_lifecycle_unblock().
 */
int scsi_lifecycle_host_unblock(struct Scsi_Host *shost, enum scsi_device_state state)
{
	return shost ? each_under(shost, NULL, unblock_to(state)) : -EINVAL;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_host_unblock);
