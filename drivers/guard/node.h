/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_NODE_H
#define SCSI_LIFECYCLE_NODE_H

#include <linux/kdev_t.h>
#include <linux/types.h>

struct scl_life;
struct scsi_device;

#define SCL_NODES (MINORMASK + 1)	/* all minors of one major */

int scl_nodes_init(void);
void scl_nodes_exit(void);
bool scl_node_held(struct scsi_device *sdev);
void scl_node_add(struct scl_life *life);
void scl_node_remove(struct scl_life *life);

#endif
