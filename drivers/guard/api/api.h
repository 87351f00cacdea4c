/* SPDX-License-Identifier: GPL-2.0 */
/* What this module needs to know of the users of <scsi/scsi_lifecycle.h>. */
#ifndef SCSI_LIFECYCLE_API_H
#define SCSI_LIFECYCLE_API_H

#include <linux/module.h>
#include <scsi/scsi_lifecycle.h>

#include "registry/registry.h"

/* reference.c */
unsigned int scl_references_of(struct scsi_device *sdev);
void scl_references_drain(struct module *lld);
void scl_references_exit(void);

/* consumer.c */
int scl_consumers_init(void);
void scl_consumers_exit(void);
void scl_consumers_gone(struct scl_device *device);
void scl_consumers_unload(struct module *module);

#endif
