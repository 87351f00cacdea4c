/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_ATTR_H
#define SCSI_LIFECYCLE_ATTR_H

struct device;

void scl_attr_add(struct device *dev);
void scl_attr_remove(struct device *dev);

#endif
