/* SPDX-License-Identifier: GPL-2.0 */
/* The interfaces to user space. */
#ifndef SCSI_LIFECYCLE_USER_H
#define SCSI_LIFECYCLE_USER_H

#include "registry/registry.h"

#define SCL_NODES (MINORMASK + 1)	/* all minors of one major */

extern struct class scl_nodes;
extern struct dentry *scl_debugfs;

int scl_nodes_init(void);
void scl_nodes_exit(void);
void scl_node_add(struct scl_device *device);
void scl_node_remove(struct scl_device *device);

/* A value that is not known is a dash, in each place where user space reads it. */
static inline const char *scl_or_dash(const char *text)
{
	return *text ? text : "-";
}

/* What is known of a removal that is complete, as text; "-": not known. */
struct scl_removed_words {
	const char *disk, *wwid, *flush;
	char took_ms[24];
};

void scl_removed_words(struct scl_removed_words *words, const struct scl_device *device);
void scl_removed_add(const struct scl_device *device);
unsigned long scl_removed_count(void);
int scl_removed_format(char *buf, size_t size);
void scl_removed_exit(void);

const char *scl_flush_name(enum scl_flush_result result);
void scl_uevent_work(struct work_struct *work);
void scl_uevents_begin(struct scl_device *device);
void scl_uevent_last(struct scl_device *device);
void scl_uevent_removed(struct scl_device *device);
void scl_uevents_host_leaves(void);

extern const struct attribute_group *scl_sysfs_node_groups[];
extern const struct attribute_group *scl_sysfs_class_groups[];
void scl_sysfs_add(struct device *dev);
void scl_sysfs_remove(struct device *dev);

void scl_debugfs_create(void);
void scl_debugfs_remove(void);

#endif
