/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_FLAKY_CONTROL_H
#define SCSI_FLAKY_CONTROL_H

int flaky_control_init(void);
void flaky_control_exit(void);

#endif
