/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_RESCUE_H
#define SCSI_LIFECYCLE_RESCUE_H

void scl_rescue(void);

#endif
