// SPDX-License-Identifier: GPL-2.0
//
// Faults of one LUN, where an order holds for all LUNs: how the LLD treats its commands of one
// kind.
#include "fault.h"
#include "disk.h"
#include "held.h"
#include "orders.h"

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

/*
 * Read where commands are queued, without a lock: a fault applies to commands that are queued after
 * it is set.
 */
struct fault {
	bool busy;		/* refused, for now */
	atomic_t swallow;	/* how many more are never answered */
	unsigned int delay;	/* milliseconds until one is answered */
};

/* LUNs whose transport has given the path up, so that the LLD accepts no command. */
static bool gone[STUBBORN_MAX_HOSTS][STUBBORN_MAX_LUNS];

static struct fault faults[STUBBORN_MAX_HOSTS][STUBBORN_MAX_LUNS][STUBBORN_KINDS];

static struct fault *fault_of(const struct scsi_cmnd *cmd)
{
	unsigned int host = cmd->device->host->unique_id;

	if (cmd->device->lun >= STUBBORN_MAX_LUNS)
		return &faults[host][0][STUBBORN_NOTHING];
	return &faults[host][cmd->device->lun][stubborn_kind_of(cmd)];
}

/*
 * "HOST:LUN KIND FAULT N", such as "0:3 flush swallow 2", or "HOST:LUN any gone N". The host is the
 * LLD's own first or second.
 */
static int fault_set(const char *text, const struct kernel_param *kp)
{
	char kind_name[8], name[8], more;
	unsigned int host, lun, n;
	struct fault *fault;
	int kind;

	if (sscanf(text, "%u:%u %7s %7s %u %c", &host, &lun, kind_name, name, &n, &more) != 5 ||
	    host >= STUBBORN_MAX_HOSTS || lun >= STUBBORN_MAX_LUNS)
		return -EINVAL;
	if (!strcmp(kind_name, "any") && !strcmp(name, "gone")) {
		WRITE_ONCE(gone[host][lun], n);
		return 0;
	}
	kind = stubborn_kind_find(kind_name);
	if (kind <= STUBBORN_NOTHING)
		return -EINVAL;
	fault = &faults[host][lun][kind];
	if (!strcmp(name, "busy"))
		WRITE_ONCE(fault->busy, n);
	else if (!strcmp(name, "swallow"))
		atomic_set(&fault->swallow, n);
	else if (!strcmp(name, "slow"))
		WRITE_ONCE(fault->delay, n);
	else
		return -EINVAL;
	return 0;
}

static const struct kernel_param_ops fault_ops = {
	.set = fault_set,
};
module_param_cb(fault, &fault_ops, NULL, 0200);
MODULE_PARM_DESC(fault,
		 "HOST:LUN inquiry|write|flush|start busy|swallow|slow N: refused while N is not 0; the next N never answered; answered after N ms; or any gone: no connection while N is not 0");

bool stubborn_is_gone(const struct scsi_cmnd *cmd)
{
	const struct scsi_device *sdev = cmd->device;

	return sdev->lun < STUBBORN_MAX_LUNS && READ_ONCE(gone[sdev->host->unique_id][sdev->lun]);
}

bool stubborn_refuses(const struct scsi_cmnd *cmd)
{
	return READ_ONCE(fault_of(cmd)->busy);
}

bool stubborn_swallows(const struct scsi_cmnd *cmd)
{
	return atomic_add_unless(&fault_of(cmd)->swallow, -1, 0);
}

unsigned int stubborn_delay_of(const struct scsi_cmnd *cmd)
{
	return READ_ONCE(fault_of(cmd)->delay);
}
