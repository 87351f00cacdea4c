/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_END_H
#define SCSI_LIFECYCLE_END_H

#include <linux/types.h>

struct Scsi_Host;
struct scl_life;
struct work_struct;

void scl_life_see_off(struct work_struct *work);
void scl_life_end(struct scl_life *life, bool removed);
void scl_ends_wait(const struct Scsi_Host *shost);
void scl_lives_end_host(const struct Scsi_Host *shost, bool removed);

#endif
