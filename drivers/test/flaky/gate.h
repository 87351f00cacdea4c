/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_FLAKY_GATE_H
#define SCSI_FLAKY_GATE_H

#include <linux/list.h>

struct Scsi_Host;
struct module;

/*
 * A writer's stay at a host, on the writer's stack. Every reference on a device of @shost is taken
 * after flaky_visit_begin() and dropped before flaky_visit_end().
 */
struct flaky_visit {
	struct list_head node;
	struct module *lld;
	struct Scsi_Host *shost;
};

int flaky_gate_init(void);
void flaky_gate_exit(void);

int flaky_visit_begin(struct flaky_visit *visit, unsigned int host_no);
void flaky_visit_end(struct flaky_visit *visit);

#endif
