// SPDX-License-Identifier: GPL-2.0
//
// The uevents: a change event of the device's node, and one of the host when a removal is complete.
// None of the SCSI device itself: udev's 60-block.rules forward that to its disk, which is then
// opened and probed, also where it has no path, and a process that waits there keeps the disk and
// its LLD in use. And none of an object that has others below it: to udevd (event_is_blocked()) an
// event has to wait for earlier ones of what is below and above, and one of these for a path.
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <scsi/scsi_host.h>

#include "teardown/teardown.h"
#include "user.h"

static const char *const uevents_names[SCL_UEVENTS] = { "off", "removals", "all" };

/* Held while a host's object in the class scsi_host has to be in sysfs. */
static DEFINE_MUTEX(host_speaks_mutex);

/* What a device's next uevents report. */
struct news {
	struct scl_state state;
	enum scl_event cause;
	enum scl_flush_result flush;
	unsigned int transitions;	/* 0: the state is not to be reported */
};

/**
 * scl_flush_name - name the result of a flush
 * @result: the result
 *
 * Context: any.
 */
const char *scl_flush_name(enum scl_flush_result result)
{
	static const char *const names[] = { "none", "completed", "failed", "killed", "unknown" };

	return names[result];
}

static int send(struct scl_device *device, char **env)
{
	return kobject_uevent_env(&device->dev.kobj, KOBJ_CHANGE, env);
}

static int send_state(struct scl_device *device, const struct news *news)
{
	char phase[48], cause[48], transitions[48];
	char *blocked = news->state.blocked ? "SCSI_LIFECYCLE_BLOCKED=yes" :
					      "SCSI_LIFECYCLE_BLOCKED=no";
	char *env[] = { phase, blocked, cause, transitions, NULL };

	scnprintf(phase, sizeof(phase), "SCSI_LIFECYCLE_STATE=%s",
		  scl_phase_name(news->state.phase));
	scnprintf(cause, sizeof(cause), "SCSI_LIFECYCLE_CAUSE=%s",
		  news->cause == SCL_EVENT_NONE ? "seen" : scl_event_name(news->cause));
	scnprintf(transitions, sizeof(transitions), "SCSI_LIFECYCLE_TRANSITIONS=%u",
		  news->transitions);
	return send(device, env);
}

static int send_flush(struct scl_device *device, const struct news *news)
{
	char flush[48];
	char *env[] = { flush, NULL };

	scnprintf(flush, sizeof(flush), "SCSI_LIFECYCLE_FLUSH=%s",
		  scl_flush_name(news->flush));
	return send(device, env);
}

/* The latest state stands for those that the device passed through since the last uevent. */
static struct news take_news(struct scl_device *device)
{
	struct news news = { .flush = device->uevent_flush };

	lockdep_assert_held(&device->lock);
	device->uevent_flush = SCL_FLUSH_RESULT_NONE;
	if (device->uevent_due) {
		news.state = device->uevent_state;
		news.cause = device->uevent_cause;
		news.transitions = device->transitions;
		device->transitions = 0;
		device->uevent_due = false;
		device->uevent_at = jiffies;
	}
	return news;
}

/*
 * A uevent that there was no memory for is sent later, but for one of a device that has ended. What
 * is due before there is a node stays due: scl_uevents_begin().
 */
static void send_due(struct scl_device *device)
{
	bool flush_sent, state_sent;
	struct news news;

	if (!READ_ONCE(device->has_node))
		return;
	spin_lock_irq(&device->lock);
	news = take_news(device);
	spin_unlock_irq(&device->lock);
	/* The flush first: it is the news that must not be missed. */
	flush_sent = !news.flush || send_flush(device, &news) != -ENOMEM;
	state_sent = !news.transitions || send_state(device, &news) != -ENOMEM;
	if (flush_sent && state_sent)
		return;
	spin_lock_irq(&device->lock);
	if (!flush_sent)
		device->uevent_flush = device->uevent_flush ?: news.flush;
	if (!state_sent) {
		device->transitions += news.transitions;
		device->uevent_due = true;
	}
	scl_device_uevent_again(device);
	spin_unlock_irq(&device->lock);
}

/**
 * scl_uevent_work - send the uevents that are due
 * @work: uevent of a device
 *
 * Context: may sleep.
 */
void scl_uevent_work(struct work_struct *work)
{
	/* As in scl_lifetime_end(). */
	unsigned int noio = memalloc_noio_save();

	send_due(container_of(to_delayed_work(work), struct scl_device, uevent));
	memalloc_noio_restore(noio);
}

/**
 * scl_uevents_begin - send uevents from now on, and those that became due before
 * @device: the device; it has its node
 *
 * Context: may sleep.
 */
void scl_uevents_begin(struct scl_device *device)
{
	spin_lock_irq(&device->lock);
	WRITE_ONCE(device->has_node, true);
	if (device->sdev && (device->uevent_due || device->uevent_flush))
		mod_delayed_work(scl_device_works, &device->uevent, 0);
	spin_unlock_irq(&device->lock);
}

/**
 * scl_uevent_last - send the uevents that are due before the node of a removed device is removed
 * @device: the device
 *
 * Context: may sleep; nothing is due any more when this returns.
 */
void scl_uevent_last(struct scl_device *device)
{
	if (cancel_delayed_work_sync(&device->uevent))
		send_due(device);
}

/*
 * scsi_remove_host() sets SHOST_DEL, asks the attribute containers about the host, and takes
 * shost_dev out of sysfs then. The parent of what is in sysfs no more may be freed.
 */
static void host_speaks(struct Scsi_Host *shost, char **env)
{
	struct device *dev;

	mutex_lock(&host_speaks_mutex);
	dev = scl_host_removed(shost) ? &shost->shost_gendev : &shost->shost_dev;
	kobject_uevent_env(&dev->kobj, KOBJ_CHANGE, env);
	mutex_unlock(&host_speaks_mutex);
}

/**
 * scl_uevents_host_leaves - wait for the uevents of a host that are under way
 *
 * Context: may sleep. The host is in SHOST_DEL, or nothing is sent of it yet.
 */
void scl_uevents_host_leaves(void)
{
	mutex_lock(&host_speaks_mutex);
	mutex_unlock(&host_speaks_mutex);
}

/**
 * scl_uevent_removed - send the uevent of a complete removal
 * @device: the device; no uevent is sent if its host is removed
 *
 * Context: may sleep.
 */
void scl_uevent_removed(struct scl_device *device)
{
	char removed[64], flush[48], number[48], disk[64], wwid[SCL_WWID + 32], took[64];
	char *env[] = { removed, flush, number, disk, wwid, took, NULL };
	struct scl_removed_words words;
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_device_host(device);

	if (host && READ_ONCE(scl_uevents) != SCL_UEVENTS_OFF) {
		scl_removed_words(&words, device);
		scnprintf(removed, sizeof(removed), "SCSI_LIFECYCLE_REMOVED=%u:%u:%u:%llu",
			  device->host_no, device->channel, device->id, device->lun);
		scnprintf(flush, sizeof(flush), "SCSI_LIFECYCLE_FLUSH=%s", words.flush);
		scnprintf(number, sizeof(number), "SCSI_LIFECYCLE_NUMBER=%u", device->number);
		scnprintf(disk, sizeof(disk), "SCSI_LIFECYCLE_DISK=%s", words.disk);
		scnprintf(wwid, sizeof(wwid), "SCSI_LIFECYCLE_WWID=%s", words.wwid);
		scnprintf(took, sizeof(took), "SCSI_LIFECYCLE_TOOK_MS=%s", words.took_ms);
		host_speaks(host->shost, env);
	}
	srcu_read_unlock(&scl_srcu, idx);
}

static int uevents_set(const char *text, const struct kernel_param *kp)
{
	int found = text ? __sysfs_match_string(uevents_names, SCL_UEVENTS, text) : -EINVAL;

	if (found < 0) {
		pr_warn("%s: \"%*pE\" is neither \"off\" nor \"removals\" nor \"all\"\n", kp->name,
			text ? (int)strcspn(text, "\n") : 0, text);
		return -EINVAL;
	}
	WRITE_ONCE(scl_uevents, found);
	if (found == SCL_UEVENTS_ALL)
		scl_monitor_look();
	return 0;
}

static int uevents_get(char *text, const struct kernel_param *kp)
{
	return sysfs_emit(text, "%s\n", uevents_names[READ_ONCE(scl_uevents)]);
}

static const struct kernel_param_ops uevents_ops = {
	.set = uevents_set,
	.get = uevents_get,
};
module_param_cb(uevents, &uevents_ops, NULL, 0644);
MODULE_PARM_DESC(uevents,
		 "what udev hears of: \"off\", \"removals\" (default): their begin, their end and lost flushes, or \"all\" transitions");
