/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_CONSUMER_H
#define SCSI_LIFECYCLE_CONSUMER_H

struct module;
struct scl_life;

int scl_consumers_init(void);
void scl_consumers_exit(void);
void scl_consumers_gone(struct scl_life *life);
void scl_consumers_leave(struct module *module);

#endif
