// SPDX-License-Identifier: GPL-2.0
//
// The end of a scl_device. scl_device_end() makes it unreachable by its scsi_device at once; a
// worker does the rest.
#include <linux/sched/mm.h>
#include <scsi/scsi_host.h>

#include "api/api.h"
#include "hooks.h"
#include "teardown/teardown.h"
#include "user/user.h"

/**
 * scl_lifetime_end - the work of a device that has ended
 * @work: of the device
 *
 * In a worker, so that no lock of the removal, or of a close, is held.
 *
 * Context: may sleep.
 */
void scl_lifetime_end(struct work_struct *work)
{
	struct scl_device *device = container_of(work, struct scl_device, end);
	/* Removals wait for this, and must not wait for I/O of other devices: see device_del(). */
	unsigned int noio = memalloc_noio_save();

	scl_observe_stop(device);
	scl_uevent_last(device);
	/* Before the node goes: what is not in the class is in the list. */
	if (device->stage == SCL_STAGE_REMOVED)
		scl_removed_add(device);
	if (device->has_node)
		scl_node_remove(device);
	if (device->stage == SCL_STAGE_REMOVED)
		scl_uevent_removed(device);
	scl_device_finish(device, scl_consumers_gone);
	memalloc_noio_restore(noio);
}

struct ending {
	const struct Scsi_Host *shost;	/* NULL: all */
	enum scl_stage_event event;
};

static void end_if_of(struct scl_device *device, void *arg)
{
	struct ending *ending = arg;

	if (!ending->shost || device->shost == ending->shost)
		scl_device_end(device, ending->event);
}

/**
 * scl_lifetimes_end - end the devices of a host
 * @shost: the host; NULL: all
 * @event: SCL_STAGE_EVENT_REMOVED, if they are removed with the host, or SCL_STAGE_EVENT_FORGOTTEN
 *
 * All devices of a host are removed before it, but for one whose LLD did not remove it. No device
 * refers to the host or its scsi_devices when this returns.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_lifetimes_end(const struct Scsi_Host *shost, enum scl_stage_event event)
{
	scl_devices_each(end_if_of, &(struct ending){ shost, event });
	scl_devices_wait_ended(shost);
}
