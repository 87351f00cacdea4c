/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_COMPARE_H
#define SCSI_LIFECYCLE_COMPARE_H

#include <scsi/scsi_device.h>

#include "scsi_lifecycle_core.h"

struct scl_result {
	int err;
	struct scl_stock at;
};

/* One function, called on a device in one state. */
struct scl_compared {
	struct scl_stock from;
	const char *function;
	unsigned int asked;		/* the state it is called with, if it takes one */
	struct scl_result stock;	/* of the running kernel's function */
	struct scl_result here;		/* of this project's */
	bool equal;
	const char *wrong;		/* NULL: equal, or listed as a difference */
};

/* For printk(). States are sdev_state and queue_stopped. */
#define SCL_PAIR_FORMAT "%u,%u %s(%u): %s: stock %d, to %u,%u; here %d, to %u,%u"
#define SCL_PAIR_ARGS(pair)								\
	(pair)->from.sdev_state, (pair)->from.queue_stopped, (pair)->function, (pair)->asked,	\
	(pair)->wrong ?: "as listed",							\
	(pair)->stock.err, (pair)->stock.at.sdev_state, (pair)->stock.at.queue_stopped,	\
	(pair)->here.err, (pair)->here.at.sdev_state, (pair)->here.at.queue_stopped

void scl_compare(struct scsi_device *sdev, bool patched,
		 void (*see)(const struct scl_compared *pair, void *data), void *data);

#endif
