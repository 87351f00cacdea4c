// SPDX-License-Identifier: GPL-2.0
//
// The uevents that udev would receive: a line for each uevent that has words of the guard, without
// their prefix.
#include <linux/kobject.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <scsi/scsi_host.h>

#include "ear.h"
#include "kunit_device.h"

#define PREFIX "SCSI_LIFECYCLE_"

static DEFINE_SPINLOCK(lock);		/* protects the next two */
static char heard[2048];
static struct task_struct *speakers[4];

static struct bus_type *bus;
static int (*bus_uevent)(struct device *dev, struct kobj_uevent_env *env);
static struct class *class;		/* of hosts; it has no dev_uevent of its own */
static struct scl_hold *kept;

static void note(const char *source, const struct kobj_uevent_env *env)
{
	size_t used = strlen(heard), begun = used;
	int i;

	for (i = 0; i < env->envp_idx; i++) {
		if (strncmp(env->envp[i], PREFIX, sizeof(PREFIX) - 1))
			continue;
		used += scnprintf(heard + used, sizeof(heard) - used, "%s%s",
				  used == begun ? source : " ", env->envp[i] + sizeof(PREFIX) - 1);
	}
	if (used > begun)
		scnprintf(heard + used, sizeof(heard) - used, "\n");
}

static void note_speaker(void)
{
	int i = 0;

	while (i < ARRAY_SIZE(speakers) - 1 && speakers[i] && speakers[i] != current)
		i++;
	if (!speakers[i])
		speakers[i] = get_task_struct(current);
}

static int hear_node(struct device *dev, struct kobj_uevent_env *env)
{
	spin_lock(&lock);
	note("node ", env);
	note_speaker();
	spin_unlock(&lock);
	if (kept && !strcmp(env->envp[0], "ACTION=remove")) {
		complete(&kept->held);
		wait_for_completion(&kept->leave);
	}
	return 0;
}

static int hear_host(struct device *dev, struct kobj_uevent_env *env)
{
	spin_lock(&lock);
	note("host ", env);
	spin_unlock(&lock);
	return 0;
}

static int hear_bus(struct device *dev, struct kobj_uevent_env *env)
{
	if (scsi_is_host_device(dev))
		hear_host(dev, env);
	return bus_uevent ? bus_uevent(dev, env) : 0;
}

static const struct device_type listened = { .uevent = hear_node };

/*
 * Listens from now on, to all hosts, and to nodes that are listened to. @hold: NULL, or a
 * completion that keeps the workers.
 */
void scl_ear_begin(struct kunit *test, struct scsi_device *sdev, struct scl_hold *hold)
{
	KUNIT_ASSERT_NULL(test, bus);
	if (hold) {
		init_completion(&hold->held);
		init_completion(&hold->leave);
	}
	kept = hold;
	heard[0] = '\0';
	bus = sdev->sdev_gendev.bus;
	bus_uevent = bus->uevent;
	bus->uevent = hear_bus;
	class = sdev->host->shost_dev.class;
	class->dev_uevent = hear_host;
}

/* The history is over before scl_ear_end(). */
void scl_ear_listen(struct scl_device *device)
{
	device->dev.type = &listened;
}

struct scl_device *scl_ear_hear(struct kunit *test, struct scsi_device *sdev)
{
	struct scl_device *device = scl_kunit_device(test, sdev);

	scl_ear_begin(test, sdev, NULL);
	scl_ear_listen(device);
	return device;
}

void scl_ear_end(void)
{
	int i;

	if (!bus)
		return;
	bus->uevent = bus_uevent;
	class->dev_uevent = NULL;
	bus = NULL;
	kept = NULL;
	for (i = 0; i < ARRAY_SIZE(speakers); i++) {
		if (speakers[i])
			put_task_struct(speakers[i]);
		speakers[i] = NULL;
	}
}

/* What was heard so far. */
void scl_ear_forget(void)
{
	spin_lock(&lock);
	heard[0] = '\0';
	spin_unlock(&lock);
}

bool scl_heard(const char *text)
{
	bool has;

	spin_lock(&lock);
	has = strstr(heard, text);
	spin_unlock(&lock);
	return has;
}

bool scl_heard_nothing(void)
{
	return !READ_ONCE(heard[0]);
}

/* How many workers that sent uevents may not wait, now, for memory that a disk may have to free. */
unsigned int scl_heard_by_tasks_that_may_not_wait_for_memory(void)
{
	unsigned int count = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(speakers); i++)
		count += speakers[i] && READ_ONCE(speakers[i]->flags) & PF_MEMALLOC_NOIO;
	return count;
}
