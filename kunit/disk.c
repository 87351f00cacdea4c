// SPDX-License-Identifier: GPL-2.0
//
// A disk of scsi_debug to try things on.
#include <linux/blk-mq.h>
#include <linux/module.h>
#include <scsi/scsi_host.h>

#include "disk.h"

const struct scl_stock scl_spellings[SCL_SPELLINGS] = {
	{ SDEV_CREATED, 0 },	       { SDEV_CREATED_BLOCK, 1 },
	{ SDEV_RUNNING, 0 },	       { SDEV_BLOCK, 1 },
	{ SDEV_QUIESCE, 0 },	       { SDEV_QUIESCE, 1 },
	{ SDEV_OFFLINE, 0 },	       { SDEV_OFFLINE, 1 },
	{ SDEV_TRANSPORT_OFFLINE, 0 }, { SDEV_TRANSPORT_OFFLINE, 1 },
	{ SDEV_CANCEL, 0 },	       { SDEV_CANCEL, 1 },
	{ SDEV_DEL, 0 },
};

/* The @nth host of scsi_debug, from 1 on. */
static struct Scsi_Host *debug_host(int nth)
{
	struct Scsi_Host *shost;
	unsigned int no;

	for (no = 0; no < 64; no++) {
		shost = scsi_host_lookup(no);
		if (!shost)
			continue;
		if (shost->hostt->proc_name && !strcmp(shost->hostt->proc_name, "scsi_debug") &&
		    !--nth)
			return shost;
		scsi_host_put(shost);
	}
	return NULL;
}

static struct scsi_device *get(int host, unsigned int channel, unsigned int id, u64 lun)
{
	struct Scsi_Host *shost = debug_host(host);
	struct scsi_device *sdev;

	if (!shost)
		return ERR_PTR(-ENODEV);
	sdev = __scsi_add_device(shost, channel, id, lun, NULL);
	scsi_host_put(shost);
	if (IS_ERR(sdev))
		return sdev;
	get_device(&sdev->sdev_gendev);
	scsi_device_put(sdev);
	/* sd probes it asynchronously. */
	wait_for_device_probe();
	return sdev;
}

/* A reference on the device and none on its LLD: no test unloads that. Or an ERR_PTR(). */
struct scsi_device *scl_disk_get(void)
{
	return get(1, 0, 0, 0);
}

/* Another device of the same host. It has no driver, and comes and goes quickly. */
struct scsi_device *scl_disk_get_other(void)
{
	return get(1, 0, 0, SCSI_W_LUN_REPORT_LUNS);
}

/* Another such device, of the first host where @host is 1, and so on. */
struct scsi_device *scl_disk_get_at(int host, unsigned int channel, unsigned int id)
{
	return get(host, channel, id, SCSI_W_LUN_REPORT_LUNS);
}

void scl_disk_put(struct scsi_device *sdev)
{
	put_device(&sdev->sdev_gendev);
}

void scl_disk_set(struct scsi_device *sdev, struct scl_stock at)
{
	sdev->sdev_state = at.sdev_state;
	if (at.queue_stopped && !cmpxchg(&sdev->queue_stopped, 0, 1))
		blk_mq_quiesce_queue_nowait(sdev->request_queue);
	else if (!at.queue_stopped && cmpxchg(&sdev->queue_stopped, 1, 0))
		blk_mq_unquiesce_queue(sdev->request_queue);
}

/* The monitor passes over a device that is not registered. */
void scl_disk_seem_registered(struct scsi_device *sdev, bool registered)
{
	sdev->sdev_gendev.kobj.state_in_sysfs = registered;
}

void scl_disk_recover(struct scsi_device *sdev)
{
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scl_disk_seem_registered(sdev, true);
}
