/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version of the modules and of the command, and the one place that has it. What cannot include
 * this is compared with it by scripts/check-tree.
 */
#ifndef SCSI_LIFECYCLE_VERSION_H
#define SCSI_LIFECYCLE_VERSION_H

#define SCL_RELEASE "0.2.0"

#endif
