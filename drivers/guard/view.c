// SPDX-License-Identifier: GPL-2.0
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <scsi/scsi_lifecycle.h>

#include "compat.h"
#include "device.h"
#include "guard.h"
#include "host.h"
#include "life.h"
#include "record.h"
#include "reference.h"
#include "report.h"
#include "rescue.h"
#include "wait.h"
#include "walk.h"

static struct dentry *dir;

static struct scl_openers openers_of(struct scsi_device *sdev)
{
	struct scl_life *life = scl_life_find(sdev);

	return life ? life->openers : (struct scl_openers){};
}

static void show_device(struct seq_file *m, struct scl_host *host, struct scsi_device *sdev,
			const struct scl_blocker *blocker)
{
	struct scl_record *rec = scl_record_find(sdev);
	struct scl_limits limits = scl_device_limits(host, rec, sdev);
	struct scl_openers openers = openers_of(sdev);
	struct scl_watch watch = {};
	struct scl_verdict verdict;
	struct scl_sight sight;
	unsigned char waits;
	scl_ms now;

	mutex_lock(&sdev->state_mutex);
	now = scl_now();
	sight = scl_device_sight(host, sdev);
	if (rec) {
		scl_watch_see(&rec->watch, &sight, now);
		watch = rec->watch;
	}
	waits = scl_wait_of(host, sdev, &sight, blocker);
	mutex_unlock(&sdev->state_mutex);

	/* A reader notes what it sees, as a poll does; what there is to do about it is asked of a copy. */
	verdict = scl_judge(&watch, &sight, &limits, now);

	seq_printf(m, "%u:%u:%u:%llu state=%s blocked=%s since=%llu ", sdev->host->host_no, sdev->channel,
		   sdev->id, sdev->lun, scl_phase_name(sight.state.phase),
		   sight.state.blocked ? "yes" : "no", now - watch.since);
	if (verdict.left == SCL_NEVER)
		seq_puts(m, "deadline=- ");
	else
		seq_printf(m, "deadline=%llu ", verdict.left);
	seq_printf(m, "holds=%u ", openers.holding);
	if (waits == SCL_WAITS_SIBLING)
		seq_printf(m, "waits_for=%u:%u:%u:%llu ", sdev->host->host_no, blocker->channel, blocker->id,
			   blocker->lun);
	else
		seq_printf(m, "waits_for=%s ", scl_wait_name(waits));
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

static void show_life(struct scl_life *life, void *arg)
{
	struct scsi_lifecycle_consumer *consumer;
	struct seq_file *m = arg;
	unsigned int consumers = 0;

	spin_lock_irq(&life->lock);
	list_for_each_entry(consumer, &life->consumers, node)
		consumers++;
	seq_printf(m, "%u %u:%u:%u:%llu gone=%s files=%u holds=%u consumers=%u\n", life->number, life->host_no,
		   life->channel, life->id, life->lun, life->sdev ? "no" : "yes", life->files, life->openers.holding,
		   consumers);
	spin_unlock_irq(&life->lock);
}

static int nodes_show(struct seq_file *m, void *unused)
{
	scl_lives_each(show_life, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(nodes);

static int counters_show(struct seq_file *m, void *unused)
{
	scl_counts_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

static ssize_t rescue_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	char text[4] = "";

	if (count >= sizeof(text) || simple_write_to_buffer(text, sizeof(text) - 1, &(loff_t){ 0 }, buf, count) < 0)
		return count >= sizeof(text) ? -EINVAL : -EFAULT;
	if (!sysfs_streq(text, "1"))
		return -EINVAL;
	scl_rescue();
	return count;
}

static const struct file_operations rescue_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = rescue_write,
};

void scl_view_create(void)
{
	dir = debugfs_create_dir("scsi_lifecycle", NULL);
	debugfs_create_file("devices", 0444, dir, NULL, &devices_fops);
	debugfs_create_file("nodes", 0444, dir, NULL, &nodes_fops);
	debugfs_create_file("counters", 0444, dir, NULL, &counters_fops);
	debugfs_create_file("rescue", 0200, dir, NULL, &rescue_fops);
}

void scl_view_remove(void)
{
	debugfs_remove(dir);
}
