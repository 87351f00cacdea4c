/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_OCCUPANT_H
#define SCSI_LIFECYCLE_KUNIT_OCCUPANT_H

#include <linux/completion.h>
#include <linux/workqueue.h>

/* The only work that the guard's workqueue of hosts runs, from its begin to its end. */
struct scl_occupant {
	struct work_struct work;
	struct completion began, leave;
	bool noio;	/* its worker did not wait for I/O where it allocated memory */
};

void scl_occupy_begin(struct scl_occupant *occupant);
void scl_occupy_end(struct scl_occupant *occupant);

#endif
