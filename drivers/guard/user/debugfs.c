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
	struct scl_limits limits = scl_limits_of(host, device, sdev);
	struct scl_openers openers = device ? device->openers : (struct scl_openers){};
	struct scl_progress progress = {};
	struct scl_decision decision;
	struct scl_snapshot snapshot;
	enum scl_stall_on waits_for;
	scl_ms now;

	mutex_lock(&sdev->state_mutex);
	now = scl_now();
	snapshot = scl_snapshot_of(host, device, sdev);
	if (device) {
		scl_progress_update(&device->progress, &snapshot, now);
		progress = device->progress;
	}
	waits_for = scl_stall_of(host, device, sdev, &snapshot, blocker);
	mutex_unlock(&sdev->state_mutex);

	/* A read notes the state, as a poll does; the decision that it shows is made on a copy. */
	decision = scl_decide(&progress, &snapshot, &limits, now);

	seq_printf(m, "%u:%u:%u:%llu state=%s blocked=%s since=%llu ", sdev->host->host_no,
		   sdev->channel, sdev->id, sdev->lun, scl_phase_name(snapshot.state.phase),
		   snapshot.state.blocked ? "yes" : "no", now - progress.since);
	if (decision.left == SCL_NEVER)
		seq_puts(m, "deadline=- ");
	else
		seq_printf(m, "deadline=%llu ", decision.left);
	seq_printf(m, "holds=%u ", openers.holding);
	if (waits_for == SCL_STALL_ON_SIBLING)
		seq_printf(m, "waits_for=%u:%u:%u:%llu ", sdev->host->host_no, blocker->channel,
			   blocker->id, blocker->lun);
	else
		seq_printf(m, "waits_for=%s ", scl_stall_name(waits_for));
	seq_printf(m, "references=%u openers=%u\n", scl_references_of(sdev), openers.open);
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
	scl_counts_show(m);
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
