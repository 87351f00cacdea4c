// SPDX-License-Identifier: GPL-2.0
#include "disk.h"
#include "fault.h"
#include "held.h"
#include "host.h"
#include "orders.h"
#include "recovery.h"

#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_host.h>

/* An adapter: its host, and the device that stands for its slot. */
struct adapter {
	struct Scsi_Host *shost; /* set and cleared under the lock of the module's parameters */
	struct device *slot;
	unsigned long unplugged;
};

static struct adapter adapters[STUBBORN_MAX_HOSTS];

static unsigned int hosts = 1;

static int hosts_set(const char *text, const struct kernel_param *kp)
{
	return param_set_uint_minmax(text, kp, 1, STUBBORN_MAX_HOSTS);
}

static const struct kernel_param_ops hosts_ops = {
	.set = hosts_set,
	.get = param_get_uint,
};
module_param_cb(hosts, &hosts_ops, &hosts, 0444);
MODULE_PARM_DESC(hosts, "so many hosts, each with the LUNs (default 1, at most 2)");

/* Under the lock of the module's parameters, too. */
static bool requests_blocked;

/**
 * stubborn_block_requests - keep commands from reaching the LLD, as drivers do while they reset an
 * adapter
 * @block: true: keep them; false: let them through again; at all hosts
 *
 * Context: the lock of the module's parameters is held.
 * Return: 0, or -ENODEV before there is a host and after the last.
 */
int stubborn_block_requests(bool block)
{
	int err = -ENODEV;
	unsigned int i;

	for (i = 0; i < hosts; i++) {
		if (!adapters[i].shost)
			continue;
		err = 0;
		if (block)
			scsi_block_requests(adapters[i].shost);
		else
			scsi_unblock_requests(adapters[i].shost);
	}
	if (!err)
		requests_blocked = block;
	return err;
}

static scl_queued stubborn_queue(struct Scsi_Host *host, struct scsi_cmnd *cmd)
{
	if (stubborn_is_gone(cmd)) {
		cmd->result = DID_NO_CONNECT << 16;
		scsi_done(cmd);
		return 0;
	}
	if (stubborn_is_busy() || stubborn_refuses(cmd))
		return SCSI_MLQUEUE_HOST_BUSY;
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

/* Lets orders reach @shost from here on; NULL: no more. Orders given before apply to it, too. */
static void offer(struct adapter *adapter, struct Scsi_Host *shost)
{
	kernel_param_lock(THIS_MODULE);
	adapter->shost = shost;
	if (shost && requests_blocked)
		scsi_block_requests(shost);
	kernel_param_unlock(THIS_MODULE);
}

static void unplug(struct adapter *adapter)
{
	if (!test_and_set_bit(0, &adapter->unplugged))
		scsi_remove_host(adapter->shost);
}

/*
 * As when the adapter is pulled out: the writer waits for the host's removal. The LLD's exit waits,
 * too.
 */
static ssize_t unplug_store(struct device *slot, struct device_attribute *attr, const char *text,
			    size_t count)
{
	unplug(dev_get_drvdata(slot));
	return count;
}
static DEVICE_ATTR_WO(unplug);

/*
 * Waits for the commands that are held: an order has to let them go, or error handling to get them.
 */
static void adapter_remove(struct adapter *adapter)
{
	struct Scsi_Host *shost = adapter->shost;

	device_remove_file(adapter->slot, &dev_attr_unplug);
	unplug(adapter);
	offer(adapter, NULL);
	scsi_host_put(shost);
	root_device_unregister(adapter->slot);
}

static int adapter_add(struct adapter *adapter, unsigned int number)
{
	struct Scsi_Host *shost;
	char name[MODULE_NAME_LEN + 4];
	int err;

	snprintf(name, sizeof(name), "%s.%u", THIS_MODULE->name, number);
	adapter->slot = root_device_register(name);
	if (IS_ERR(adapter->slot))
		return PTR_ERR(adapter->slot);
	dev_set_drvdata(adapter->slot, adapter);
	shost = scsi_host_alloc(&template, 0);
	if (!shost) {
		err = -ENOMEM;
		goto no_host;
	}
	shost->max_id = 1;
	shost->max_lun = STUBBORN_MAX_LUNS;
	shost->unique_id = number;
	err = scsi_add_host(shost, adapter->slot);
	if (err)
		goto not_added;
	offer(adapter, shost);
	scsi_scan_host(shost);
	err = device_create_file(adapter->slot, &dev_attr_unplug);
	if (!err)
		return 0;
	scsi_remove_host(shost);
	offer(adapter, NULL);
not_added:
	scsi_host_put(shost);
no_host:
	root_device_unregister(adapter->slot);
	return err;
}

static int __init stubborn_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < hosts; i++) {
		err = adapter_add(&adapters[i], i);
		if (err) {
			while (i--)
				adapter_remove(&adapters[i]);
			stubborn_answer_stop();
			return err;
		}
	}
	return 0;
}

static void __exit stubborn_exit(void)
{
	unsigned int i;

	for (i = 0; i < hosts; i++)
		adapter_remove(&adapters[i]);
	stubborn_answer_stop();
}

module_init(stubborn_init);
module_exit(stubborn_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A SCSI low-level driver that misbehaves on command, for tests");
