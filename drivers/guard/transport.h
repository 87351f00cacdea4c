/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_TRANSPORT_H
#define SCSI_LIFECYCLE_TRANSPORT_H

#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

scl_ms scl_transport_tmo(struct scsi_device *sdev);

#endif
