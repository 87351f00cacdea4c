// SPDX-License-Identifier: GPL-2.0
//
// How long a device may be waited for: what the administrator said of it, and what its driver and transport would take.
#include <scsi/scsi_host.h>

#include "device.h"
#include "guard.h"
#include "host.h"
#include "policy.h"
#include "record.h"
#include "transport.h"

/* sd gives its flush twice the device's timeout: SD_FLUSH_TIMEOUT_MULTIPLIER in drivers/scsi/sd.h. */
static scl_ms first_try(struct scsi_device *sdev)
{
	return 2ULL * jiffies_to_msecs(READ_ONCE(sdev->request_queue->rq_timeout));
}

/**
 * scl_device_limits - the limits in force for a device
 * @host: its host's record
 * @rec: its own, or NULL
 * @sdev: the device
 *
 * Context: may sleep. Caller holds a reference on @sdev, or runs its removal.
 */
struct scl_limits scl_device_limits(const struct scl_host *host, const struct scl_record *rec,
				    struct scsi_device *sdev)
{
	return scl_limits(READ_ONCE(host->teardown_tmo), rec ? READ_ONCE(rec->teardown_tmo) : SCL_TMO_DEFAULT,
			  first_try(sdev), scl_transport_tmo(sdev));
}
