/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For LLDs, transports and upper-level drivers: references that keep the LLD's text also while it
 * is being unloaded, a call when a device is removed, and block and unblock that reach every
 * device.
 *
 * Block and unblock have counterparts in the kernel and may be called wherever those may:
 * scsi_block_targets(), scsi_target_unblock(), scsi_host_block() and the others. Those for a target
 * return an error, and take the host, as not all of the kernel's do. scsi_lifecycle_get() is
 * scsi_device_get() with two more errors, -EINVAL and -ENOMEM, and may not be called under a raw
 * spinlock; scsi_lifecycle_put() may sleep. The difference: a block or unblock finds devices under
 * removal, and all find those of an LLD that is being unloaded; a device that is blocked while its
 * removal is going on, or, with the livepatch, when that begins, waits for teardown_tmo in
 * CANCEL_BLOCK instead of losing its cache flush; one device's error does not leave the others
 * undone. None waits for a device, for a scan, for a removal, or for error handling but for its way
 * through queuecommand().
 */
#ifndef _SCSI_SCSI_LIFECYCLE_H
#define _SCSI_SCSI_LIFECYCLE_H

#include <linux/list.h>
#include <linux/workqueue.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <uapi/scsi/scsi_lifecycle.h>

int scsi_lifecycle_get(struct scsi_device *sdev);
void scsi_lifecycle_put(struct scsi_device *sdev);

struct scl_device;
struct scl_call;

/* A consumer: gone() is called once, when the device is removed. */
struct scsi_lifecycle_consumer {
	/* @last: SCSI_LIFECYCLE_REC_GONE, with the flush result */
	void (*gone)(struct scsi_lifecycle_consumer *consumer,
		     const struct scsi_lifecycle_record *last);

	/* private: zeroed before it is attached */
	struct scl_device *device;
	struct scl_call *call;
	struct list_head node;
	struct work_struct work;
	unsigned char state;
};

int scsi_lifecycle_attach(struct scsi_device *sdev, struct scsi_lifecycle_consumer *consumer);
int scsi_lifecycle_detach(struct scsi_lifecycle_consumer *consumer);

int scsi_lifecycle_set_state(struct scsi_device *sdev, enum scsi_device_state state);
int scsi_lifecycle_block_nowait(struct scsi_device *sdev);
int scsi_lifecycle_unblock_nowait(struct scsi_device *sdev, enum scsi_device_state state);
int scsi_lifecycle_block(struct Scsi_Host *shost, struct device *dev);
int scsi_lifecycle_unblock(struct Scsi_Host *shost, struct device *dev,
			   enum scsi_device_state state);
int scsi_lifecycle_host_block(struct Scsi_Host *shost);
int scsi_lifecycle_host_unblock(struct Scsi_Host *shost, enum scsi_device_state state);

#endif
