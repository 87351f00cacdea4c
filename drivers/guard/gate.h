/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_GATE_H
#define SCSI_LIFECYCLE_GATE_H

#include <linux/module.h>

void scl_gate_close(struct module *lld);

#endif
