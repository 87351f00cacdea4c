/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_DEPARTURE_H
#define SCSI_LIFECYCLE_DEPARTURE_H

void scl_departure_register(void);
void scl_departure_unregister(void);

#endif
