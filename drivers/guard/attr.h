/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_ATTR_H
#define SCSI_LIFECYCLE_ATTR_H

struct device;

extern const struct attribute_group *scl_node_groups[];

void scl_attr_add(struct device *dev);
void scl_attr_remove(struct device *dev);

#endif
