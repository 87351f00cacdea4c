// SPDX-License-Identifier: GPL-2.0
#include "disk.h"
#include "held.h"
#include "recovery.h"

#include <linux/module.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_host.h>

static struct Scsi_Host *shost;

static scl_queued stubborn_queue(struct Scsi_Host *host, struct scsi_cmnd *cmd)
{
	if (!stubborn_hold(cmd)) {
		stubborn_answer(cmd);
		scsi_done(cmd);
	}
	return 0;
}

static struct scsi_host_template template = {
	.module			= THIS_MODULE,
	.name			= "scsi_stubborn",
	.proc_name		= "scsi_stubborn",
	.queuecommand		= stubborn_queue,
	.eh_timed_out		= stubborn_timed_out,
	.eh_abort_handler	= stubborn_abort,
	.eh_device_reset_handler = stubborn_device_reset,
	.eh_target_reset_handler = stubborn_target_reset,
	.eh_bus_reset_handler	= stubborn_bus_reset,
	.eh_host_reset_handler	= stubborn_host_reset,
	.cmd_size		= sizeof(struct stubborn_cmd),
	.can_queue		= 32,
	.cmd_per_lun		= 32,
	.sg_tablesize		= SG_ALL,
	.this_id		= 7,
};

static int __init stubborn_init(void)
{
	int err;

	shost = scsi_host_alloc(&template, 0);
	if (!shost)
		return -ENOMEM;
	shost->max_id = 1;
	shost->max_lun = STUBBORN_MAX_LUNS;
	err = scsi_add_host(shost, NULL);
	if (err) {
		scsi_host_put(shost);
		return err;
	}
	scsi_scan_host(shost);
	return 0;
}

/* Waits for the commands that are held: they have to be let go, or error handling has to get them. */
static void __exit stubborn_exit(void)
{
	scsi_remove_host(shost);
	scsi_host_put(shost);
}

module_init(stubborn_init);
module_exit(stubborn_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A SCSI low-level driver that misbehaves on command, for tests");
