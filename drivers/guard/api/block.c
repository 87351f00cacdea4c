// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/rcupdate.h>
#include <trace/events/scsi_lifecycle.h>

#include "api.h"
#include "compat.h"
#include "sdev/sdev.h"
#include "teardown/teardown.h"

/* The host of a device. A device that is not remembered may still be on a host that is. */
static struct scl_host *host_of(const struct scl_device *device, struct scsi_device *sdev)
{
	struct scl_host *host = device ? READ_ONCE(device->host) : NULL;

	return host ?: scl_host_find(sdev->host);
}

/*
 * scl_state_request() refuses what would wait for a deadline that no poll enforces, before anything
 * is changed. The step that is taken is looked up again under the device lock. -EAGAIN: the state
 * has changed since @at was read, and nothing was done.
 */
static int apply_from(struct scl_device *device, struct scsi_device *sdev, struct scl_stock at,
		      enum scl_event event)
{
	struct scl_host *host = host_of(device, sdev);
	struct scl_state from = scl_state_decode(at);
	struct scl_step step = scl_state_request(from, event, host);
	bool given_up = false;
	unsigned int killed;

	if (step.refused) {
		trace_scl_transition(SCL_ADDRESS_OF(sdev), from, event, from, -EINVAL);
		return -EINVAL;
	}
	if (device && step.actions & SCL_ACTION_REPORT) {
		struct scl_failure failure = scl_failure_of(&device->progress, sdev, from, event);

		given_up = scl_account_give_up(&device->account, &failure);
	}
	if (!scl_sdev_apply_from(device, sdev, at, event, &step, &killed)) {
		if (given_up)
			scl_account_take_back(&device->account);
		return -EAGAIN;
	}
	if (step.actions & SCL_ACTION_REPORT)
		scl_report_given_up(sdev, from, killed);
	if (step.actions & SCL_ACTION_ARM)
		scl_poll_after(host, 0);
	/* Neither the unload of its LLD nor what stock's own functions do next is announced. */
	if (step.next.blocked)
		scl_monitor_look();
	return 0;
}

static int apply_event(struct scsi_device *sdev, enum scl_event event)
{
	int err, idx = srcu_read_lock(&scl_srcu);

	do
		err = apply_from(scl_device_find(sdev), sdev, scl_sdev_fields(sdev), event);
	while (err == -EAGAIN);
	srcu_read_unlock(&scl_srcu, idx);
	return err;
}

/**
 * scsi_lifecycle_set_state - take a device to a state, as scsi_device_set_state()
 * @sdev: the device
 * @state: the state
 *
 * Differences: from SDEV_BLOCK and SDEV_CREATED_BLOCK, SDEV_CANCEL is legal and leaves the queue
 * stopped; SDEV_BLOCK is legal from SDEV_CANCEL; SDEV_RUNNING leaves a device whose queue is
 * stopped in SDEV_BLOCK, with the queue stopped, from SDEV_OFFLINE too; and SDEV_BLOCK stops the
 * queue. kunit/compare.c lists every difference. (mptsas_block_io_sdev() of
 * drivers/message/fusion/mptsas.c blocks by this alone, and removes the device next: its flush then
 * waits for teardown_tmo where stock fails it.)
 *
 * Context: any but NMI, spinlocks held or not.
 * Return: 0; -EINVAL without a device, for a @state that does not exist or is not legal from here,
 * and where a removal would begin to wait on a host that is not remembered.
 */
int scsi_lifecycle_set_state(struct scsi_device *sdev, enum scsi_device_state state)
{
	struct scl_stock at;
	int err, idx;

	if (!sdev)
		return -EINVAL;
	idx = srcu_read_lock(&scl_srcu);
	do {
		at = scl_sdev_fields(sdev);
		err = scl_already_in_state(at, state) ?
		      0 : apply_from(scl_device_find(sdev), sdev, at,
				     scl_event_for_state(at, state));
	} while (err == -EAGAIN);
	srcu_read_unlock(&scl_srcu, idx);
	return err;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_set_state);

/**
 * scsi_lifecycle_block_nowait - block a device, as scsi_internal_device_block_nowait()
 * @sdev: the device, under removal or not
 *
 * Context: any but NMI, spinlocks held or not. Dispatchers may still be calling the LLD on return.
 * Return: 0; -EINVAL without a device, for one in SDEV_TRANSPORT_OFFLINE or SDEV_DEL, which blk-mq
 * sends nothing to, and for one under removal whose host is not remembered.
 */
int scsi_lifecycle_block_nowait(struct scsi_device *sdev)
{
	return sdev ? apply_event(sdev, SCL_EVENT_BLOCK) : -EINVAL;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_block_nowait);

/**
 * scsi_lifecycle_unblock_nowait - unblock a device, as scsi_internal_device_unblock_nowait()
 * @sdev: the device, under removal or not
 * @state: SDEV_RUNNING, or SDEV_TRANSPORT_OFFLINE: the path is given up, and waiting commands fail
 *
 * Context: any but NMI, spinlocks held or not.
 * Return: 0; -EINVAL for another @state, or for a device that neither was blocked nor may be
 * unblocked.
 */
int scsi_lifecycle_unblock_nowait(struct scsi_device *sdev, enum scsi_device_state state)
{
	return sdev ? apply_event(sdev, scl_event_for_unblock(state)) : -EINVAL;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_unblock_nowait);

/* Another pair of arguments is the caller's mistake: it would block nothing, without an error. */
static bool is_of(struct device *dev, struct Scsi_Host *shost)
{
	return shost && dev && dev_to_shost(dev) == shost;
}

static bool is_below(struct scsi_device *sdev, struct device *dev)
{
	struct device *target = &scsi_target(sdev)->dev;

	return !dev || dev == &sdev->sdev_gendev || dev == target || dev == target->parent;
}

/*
 * Applies to all devices of @shost under @dev, or to all of @shost, that scl_state_reached() lets
 * it. The first error is returned, and the other devices are still tried.
 *
 * Stock takes state_mutex here, and others rely on it: scsi_send_eh_cmnd() calls queuecommand()
 * under it, past blk-mq, so a block has to wait for that (SRP tears its queue pairs down next);
 * scsi_add_lun() and __scsi_remove_device() ask for one state and then for another; and stock's own
 * functions, while the livepatch is enabled or disabled, stop and start the queue in two steps.
 */
static int apply_below(struct Scsi_Host *shost, struct device *dev, enum scl_event event)
{
	bool has_clock, found = false;
	struct scsi_device *sdev;
	int idx, err, first = 0;

	if (event == SCL_EVENT_NONE)
		return -EINVAL;
	idx = srcu_read_lock(&scl_srcu);
	has_clock = scl_host_find(shost);
	scl_for_each_device(sdev, shost) {
		if (!is_below(sdev, dev))
			continue;
		found = true;
		mutex_lock(&sdev->state_mutex);
		if (scl_state_reached(scl_sdev_state(sdev), event, has_clock)) {
			err = apply_event(sdev, event);
			first = first ?: err;
		}
		mutex_unlock(&sdev->state_mutex);
	}
	srcu_read_unlock(&scl_srcu, idx);
	/* fc_remote_port_delete() blocks each remote port; most of a fabric's may have no LUN. */
	if (found && event == SCL_EVENT_BLOCK)
		scl_wait_for_dispatchers(shost);
	return first;
}

/**
 * scsi_lifecycle_block - block all devices under a device, as scsi_block_targets()
 * @shost: their host
 * @dev: a device, a target, or a parent of targets
 *
 * When it returns no command is on its way to the LLD any more, but for what error handling may
 * send to a device under removal: it asks for SDEV_BLOCK, which such a device is not in.
 *
 * Context: may sleep. Takes the state_mutex of each device, which error handling holds in
 * queuecommand().
 * Return: 0; -EINVAL where @dev is not of @shost; or the first error of
 * scsi_lifecycle_block_nowait(); all devices were tried. A device under removal whose host is not
 * remembered is passed over, as stock does.
 */
int scsi_lifecycle_block(struct Scsi_Host *shost, struct device *dev)
{
	return is_of(dev, shost) ? apply_below(shost, dev, SCL_EVENT_BLOCK) : -EINVAL;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_block);

/**
 * scsi_lifecycle_unblock - unblock all devices under a device, as scsi_target_unblock()
 * @shost: their host
 * @dev: a device, a target, or a parent of targets
 * @state: as for scsi_lifecycle_unblock_nowait()
 *
 * Context: may sleep, with the transport's locks held, and in the error handling thread. Takes the
 * state_mutex of each device.
 * Return: 0; -EINVAL where @dev is not of @shost; or the first error of
 * scsi_lifecycle_unblock_nowait(); all devices were tried.
 */
int scsi_lifecycle_unblock(struct Scsi_Host *shost, struct device *dev,
			   enum scsi_device_state state)
{
	return is_of(dev, shost) ? apply_below(shost, dev, scl_event_for_unblock(state)) :
				   -EINVAL;
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
	return shost ? apply_below(shost, NULL, SCL_EVENT_BLOCK) : -EINVAL;
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
	return shost ? apply_below(shost, NULL, scl_event_for_unblock(state)) : -EINVAL;
}
EXPORT_SYMBOL_GPL(scsi_lifecycle_host_unblock);
