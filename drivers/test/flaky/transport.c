// SPDX-License-Identifier: GPL-2.0
#include "transport.h"
#include "address.h"
#include "compat.h"
#include "device.h"
#include "quiesce.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

/*
 * Only stock's functions. For a single device they reach it in every state. For a target or a host
 * stock iterates over the devices, and so misses those under removal and holds the LLD's module
 * meanwhile.
 */

static int block_device(struct scsi_device *sdev)
{
	int ret;

	mutex_lock(&sdev->state_mutex);
	ret = scsi_internal_device_block_nowait(sdev);
	mutex_unlock(&sdev->state_mutex);
	return ret;
}

static int unblock_device_to(struct scsi_device *sdev, enum scsi_device_state state)
{
	int ret;

	mutex_lock(&sdev->state_mutex);
	ret = scsi_internal_device_unblock_nowait(sdev, state);
	mutex_unlock(&sdev->state_mutex);
	return ret;
}

static int unblock_device(struct scsi_device *sdev)
{
	return unblock_device_to(sdev, SDEV_RUNNING);
}

static int fail_device(struct scsi_device *sdev)
{
	return unblock_device_to(sdev, SDEV_TRANSPORT_OFFLINE);
}

/* As scsi_eh_offline_sdevs() does it. */
static int offline_device(struct scsi_device *sdev)
{
	int ret;

	mutex_lock(&sdev->state_mutex);
	ret = scsi_device_set_state(sdev, SDEV_OFFLINE);
	mutex_unlock(&sdev->state_mutex);
	return ret;
}

static int resume_device(struct scsi_device *sdev)
{
	scsi_device_resume(sdev);
	return 0;
}

static int block_target(struct scsi_target *starget)
{
	return scl_block_target(dev_to_shost(&starget->dev), &starget->dev);
}

static int unblock_target(struct scsi_target *starget)
{
	scsi_target_unblock(&starget->dev, SDEV_RUNNING);
	return 0;
}

static int fail_target(struct scsi_target *starget)
{
	scsi_target_unblock(&starget->dev, SDEV_TRANSPORT_OFFLINE);
	return 0;
}

static int resume_target(struct scsi_target *starget)
{
	scsi_target_resume(starget);
	return 0;
}

static int unblock_host(struct Scsi_Host *shost)
{
	return scsi_host_unblock(shost, SDEV_RUNNING);
}

static int fail_host(struct Scsi_Host *shost)
{
	return scsi_host_unblock(shost, SDEV_TRANSPORT_OFFLINE);
}

/*
 * @device acts on one device. @target and @host act on a target or a host where stock has a
 * function for it; without one, @device is applied to each.
 */
struct flaky_verb {
	const char *name;
	int (*device)(struct scsi_device *sdev);
	int (*target)(struct scsi_target *starget);
	int (*host)(struct Scsi_Host *shost);
};

static const struct flaky_verb verbs[] = {
	{ "block",	block_device,		block_target,		scsi_host_block },
	{ "unblock",	unblock_device,		unblock_target,		unblock_host },
	{ "fail",	fail_device,		fail_target,		fail_host },
	{ "offline",	offline_device,		NULL,			NULL },
	{ "quiesce",	flaky_quiesce_device,	flaky_quiesce_target,	NULL },
	{ "resume",	resume_device,		resume_target,		NULL },
};

/**
 * flaky_verb_find - find what a word stands for
 * @name: the word
 *
 * Context: Any.
 * Return: The verb or NULL.
 */
const struct flaky_verb *flaky_verb_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	}
	return NULL;
}

/* All devices are tried. Returns the first error, or -ENODEV where there is no device. */
static int each_device(int (*act)(struct scsi_device *sdev), struct Scsi_Host *shost,
		       const struct flaky_address *address)
{
	struct scsi_device *sdev;
	bool found = false;
	int first = 0;

	flaky_for_each_device(sdev, shost, address) {
		int ret = act(sdev);

		found = true;
		if (!first)
			first = ret;
	}
	return found ? first : -ENODEV;
}

/**
 * flaky_verb_apply - do to a device, target or host what its transport would do
 * @verb: what to do
 * @shost: the host, visited
 * @address: a device or a target of @shost, or all of it
 *
 * Context: Process context inside a visit, no lock held. Sleeps. "quiesce" of a blocked device with
 * requests pending sleeps, unkillable, until it is unblocked or removed.
 * Return: 0; -ENODEV where there is no device at @address; -EBUSY for a quiesce where another task
 *	quiesces or has quiesced the device; -EOPNOTSUPP where this kernel cannot block the
 *	target alone; or the error of the stock function. Stock's functions for targets report none.
 */
int flaky_verb_apply(const struct flaky_verb *verb, struct Scsi_Host *shost,
		     const struct flaky_address *address)
{
	struct scsi_device *sdev;
	int ret;

	if (address->every_target && verb->host)
		return verb->host(shost);
	if (!address->every_lun || !verb->target)
		return each_device(verb->device, shost, address);

	/* Any device of the target holds the target. */
	sdev = flaky_next_device(shost, address, NULL);
	if (!sdev)
		return -ENODEV;
	ret = verb->target(scsi_target(sdev));
	flaky_put_device(sdev);
	return ret;
}
