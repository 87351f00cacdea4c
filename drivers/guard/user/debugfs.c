// SPDX-License-Identifier: GPL-2.0
#include <linux/debugfs.h>
#include <linux/module.h>

#include "api/api.h"
#include "sdev/sdev.h"
#include "teardown/teardown.h"
#include "user.h"

struct dentry *scl_debugfs;

static void show_device(struct seq_file *m, struct scl_host *host, struct scsi_device *sdev,
			const struct scl_blocker *blocker)
{
	struct scl_device *device = scl_device_find(sdev);
	struct scl_status status = scl_status_of(host, device, sdev, blocker);
	char deadline[SCL_STATUS_TEXT], waits_for[SCL_STATUS_TEXT];
	unsigned int host_no = sdev->host->host_no;
	struct scl_names names;

	scl_status_names(device, sdev, &names);
	scl_status_deadline(deadline, sizeof(deadline), &status);
	scl_status_waits_for(waits_for, sizeof(waits_for), &status, host_no, blocker);
	seq_printf(m, "%u:%u:%u:%llu state=%s blocked=%s since=%llu deadline=%s ", host_no,
		   sdev->channel, sdev->id, sdev->lun, scl_phase_name(status.state.phase),
		   status.state.blocked ? "yes" : "no", status.since, deadline);
	seq_printf(m, "holds=%u waits_for=%s references=%u openers=%u ", status.openers.holding,
		   waits_for, scl_references_of(sdev), status.openers.open);
	/* Programs read the line: what is new stands at its end. */
	seq_printf(m, "disk=%s wwid=%s gone=%s\n", scl_or_dash(names.disk), scl_or_dash(names.wwid),
		   status.gone ? "yes" : "no");
}

static void show_host(struct scl_host *host, void *arg)
{
	struct scl_blocker blocker = scl_blocker_find(host);
	struct scsi_device *sdev;

	scl_for_each_device(sdev, host->shost)
		show_device(arg, host, sdev, &blocker);
}

static int devices_show(struct seq_file *m, void *unused)
{
	scl_hosts_each(show_host, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(devices);

static void show_node(struct scl_device *device, void *arg)
{
	struct scsi_lifecycle_consumer *consumer;
	struct seq_file *m = arg;
	unsigned int consumers = 0;

	spin_lock_irq(&device->lock);
	list_for_each_entry(consumer, &device->consumers, node)
		consumers++;
	seq_printf(m, "%u %u:%u:%u:%llu gone=%s files=%u holds=%u consumers=%u\n", device->number,
		   device->host_no, device->channel, device->id, device->lun,
		   device->sdev ? "no" : "yes", device->files, device->openers.holding, consumers);
	spin_unlock_irq(&device->lock);
}

static int nodes_show(struct seq_file *m, void *unused)
{
	scl_devices_each(show_node, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(nodes);

static int counters_show(struct seq_file *m, void *unused)
{
	char text[SCL_COUNTS_TEXT];

	scl_counts_format(text, sizeof(text));
	seq_puts(m, text);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

void scl_debugfs_create(void)
{
	scl_debugfs = debugfs_create_dir("scsi_lifecycle", NULL);
	debugfs_create_file("devices", 0444, scl_debugfs, NULL, &devices_fops);
	debugfs_create_file("nodes", 0444, scl_debugfs, NULL, &nodes_fops);
	debugfs_create_file("counters", 0444, scl_debugfs, NULL, &counters_fops);
}

void scl_debugfs_remove(void)
{
	debugfs_remove(scl_debugfs);
}
