/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_WATCH_H
#define SCSI_LIFECYCLE_WATCH_H

void scl_watch_start(void);
void scl_watch_stop(void);

#endif
