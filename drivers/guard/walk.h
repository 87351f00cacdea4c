/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_WALK_H
#define SCSI_LIFECYCLE_WALK_H

#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

struct scsi_device *scl_next_device(struct Scsi_Host *shost, struct scsi_device *prev);

/* Every device of a host, in whatever state; break out with put_device(&sdev->sdev_gendev). */
#define scl_for_each_device(sdev, shost)			\
	for ((sdev) = scl_next_device((shost), NULL); (sdev);	\
	     (sdev) = scl_next_device((shost), (sdev)))

#endif
