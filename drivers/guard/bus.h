/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_BUS_H
#define SCSI_LIFECYCLE_BUS_H

struct Scsi_Host;

void scl_bus_each_host(void (*fn)(struct Scsi_Host *shost));

#endif
