/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_REFERENCE_H
#define SCSI_LIFECYCLE_REFERENCE_H

#include <linux/module.h>

struct scsi_device;

unsigned int scl_references_of(struct scsi_device *sdev);
void scl_references_drain(struct module *lld);
void scl_references_exit(void);

#endif
