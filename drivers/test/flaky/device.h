/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_FLAKY_DEVICE_H
#define SCSI_FLAKY_DEVICE_H

struct Scsi_Host;
struct flaky_address;
struct scsi_device;

struct scsi_device *flaky_next_device(struct Scsi_Host *shost,
				      const struct flaky_address *address,
				      struct scsi_device *prev);
void flaky_put_device(struct scsi_device *sdev);

/* To leave the loop early, flaky_put_device(sdev). */
#define flaky_for_each_device(sdev, shost, address) \
	for ((sdev) = flaky_next_device(shost, address, NULL); (sdev); \
	     (sdev) = flaky_next_device(shost, address, sdev))

#endif
