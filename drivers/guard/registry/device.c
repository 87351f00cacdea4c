// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "registry.h"

static struct kmem_cache *objects;	/* kmalloc() would take the next power of two */
static atomic_t known = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(none_left);
static atomic_t ending = ATOMIC_INIT(0);	/* devices that the worker has yet to end */
static DECLARE_WAIT_QUEUE_HEAD(ended);

static work_func_t uevent_work, end_work;

/* Protects the begin of a device and of its removal: class, bus, monitor and adopt may race. */
DEFINE_MUTEX(scl_devices_mutex);

static void device_free(struct rcu_head *rcu)
{
	struct scl_device *device = container_of(rcu, struct scl_device, rcu);

	scl_history_free(&device->history);
	kfree(device->removal.disk);
	kfree(device->removal.wwid);
	kmem_cache_free(objects, device);
	if (atomic_dec_and_test(&known))
		wake_up_all(&none_left);
}

/* Last reference dropped: the minor may be reused. */
static void device_release(struct device *dev)
{
	struct scl_device *device = container_of(dev, struct scl_device, dev);

	scl_table_give_number_back(device);
	call_srcu(&scl_srcu, &device->rcu, device_free);
}

static void device_init(struct scl_device *device, struct scl_host *host, struct scsi_device *sdev,
			enum scl_stage stage)
{
	device->host_no = sdev->host->host_no;
	device->channel = sdev->channel;
	device->id = sdev->id;
	device->lun = sdev->lun;
	device->shost = sdev->host;
	device->host = host;
	device->teardown_tmo = SCL_TMO_DEFAULT;
	device->stage = stage;
	device->sdev = sdev;
	device->give_back = SCL_EVENT_NONE;
	device->outcome.flush = SCSI_LIFECYCLE_FLUSH_UNKNOWN;
	spin_lock_init(&device->lock);
	INIT_LIST_HEAD(&device->consumers);
	scl_history_init(&device->history);
	INIT_DELAYED_WORK(&device->uevent, uevent_work);
	device->uevent_at = jiffies - HZ;
	INIT_WORK(&device->end, end_work);
	device_initialize(&device->dev);
	device->dev.release = device_release;
}

/**
 * scl_device_create - create the object of a device
 * @host: its host, or NULL if that is not remembered
 * @sdev: the device, which has none
 * @state: its state now
 * @stage: its stage
 *
 * The allocation never waits for a disk write: all readers of scl_srcu would wait with it.
 *
 * Context: may sleep. Caller is in a read section of scl_srcu, holds scl_devices_mutex and knows
 * @sdev to be there.
 * Return: the object, valid in the read section, or NULL without memory.
 */
struct scl_device *scl_device_create(struct scl_host *host, struct scsi_device *sdev,
				     struct scl_state state, enum scl_stage stage)
{
	struct scl_device *device = kmem_cache_zalloc(objects, GFP_NOIO);

	lockdep_assert_held(&scl_devices_mutex);
	if (!device)
		return NULL;
	if (!scl_table_take_number(device)) {
		kmem_cache_free(objects, device);
		return NULL;
	}
	device_init(device, host, sdev, stage);
	device->state = state;
	scl_history_write(&device->history, SCSI_LIFECYCLE_REC_BORN, state, state, 0, NULL);
	/*
	 * The device may end as soon as it is found, and its release must not precede its number.
	 */
	get_device(&device->dev);
	if (!scl_table_insert(device, sdev)) {
		scl_table_give_number_back(device);
		kmem_cache_free(objects, device);
		return NULL;
	}
	atomic_inc(&known);
	scl_table_number(device);
	put_device(&device->dev);
	return device;
}

/**
 * scl_device_get_sdev - take a reference on the scsi_device
 * @device: the device
 *
 * As long as @device->sdev is set, the removal of the scsi_device is not complete and holds it.
 *
 * Context: any but NMI. Caller is in a read section of scl_srcu and drops the reference in it.
 * Return: the scsi_device, or NULL when it is removed.
 */
struct scsi_device *scl_device_get_sdev(struct scl_device *device)
{
	struct scsi_device *sdev;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	sdev = device->sdev;
	if (sdev)
		get_device(&sdev->sdev_gendev);
	spin_unlock_irqrestore(&device->lock, flags);
	return sdev;
}

/**
 * scl_device_host - find the host of a device, removed or not
 * @device: the device
 *
 * Context: any. Caller is in a read section of scl_srcu, and the host is valid in it.
 * Return: the host, or NULL when it is removed.
 */
struct scl_host *scl_device_host(const struct scl_device *device)
{
	struct scl_host *host = scl_host_by_number(device->host_no);

	return host && host->shost == device->shost ? host : NULL;
}

static unsigned int take_stage(struct scl_device *device, enum scl_stage_event event)
{
	struct scl_stage_step step = scl_stage_next(device->stage, event);

	lockdep_assert_held(&device->lock);
	WRITE_ONCE(device->stage, step.next);
	return step.actions;
}

/**
 * scl_device_meets - take a device through the stages of its removal
 * @device: the device
 * @event: the event; not one of the two that end the device
 *
 * Context: process. Caller holds scl_devices_mutex.
 * Return: what is to be done, of enum scl_stage_action.
 */
unsigned int scl_device_meets(struct scl_device *device, enum scl_stage_event event)
{
	unsigned int actions;

	lockdep_assert_held(&scl_devices_mutex);
	spin_lock_irq(&device->lock);
	actions = take_stage(device, event);
	spin_unlock_irq(&device->lock);
	return actions;
}

/**
 * scl_device_end - end a device that is removed, or forgotten
 * @device: the device; harmless if it has ended
 * @event: SCL_STAGE_EVENT_REMOVED or SCL_STAGE_EVENT_FORGOTTEN
 *
 * The work does the rest: see scl_devices_wait_ended().
 *
 * Context: process, and not in interrupts. Caller is in a read section of scl_srcu.
 */
void scl_device_end(struct scl_device *device, enum scl_stage_event event)
{
	struct scsi_device *sdev;

	spin_lock_irq(&device->lock);
	sdev = device->sdev;
	if (sdev) {
		take_stage(device, event);
		device->removal.ended = scl_now();
		if (device->stage == SCL_STAGE_REMOVED)
			scl_device_take(device, (struct scl_state){ .phase = SCL_PHASE_DEL },
					SCL_EVENT_REMOVED);
		WRITE_ONCE(device->sdev, NULL);
		scl_openers_gone(&device->openers);
		atomic_inc(&ending);
	}
	spin_unlock_irq(&device->lock);
	if (!sdev)
		return;
	scl_table_erase(device);
	queue_work(scl_device_works, &device->end);
}

/**
 * scl_device_finish - write the last record, after the node is removed and the host's uevent
 * sent
 * @device: the device
 * @gone: called after that, with the object lock held
 *
 * Drops the reference that scl_device_create() made.
 *
 * Context: may sleep.
 */
void scl_device_finish(struct scl_device *device, void (*gone)(struct scl_device *device))
{
	spin_lock_irq(&device->lock);
	scl_history_write(&device->history, SCSI_LIFECYCLE_REC_GONE, device->state, device->state,
			  0, &device->outcome);
	gone(device);
	spin_unlock_irq(&device->lock);
	atomic_dec(&ending);
	wake_up_all(&ended);
	put_device(&device->dev);
}

struct ending {
	const struct Scsi_Host *shost;	/* NULL: any */
	bool found;
};

static void find_ending(struct scl_device *device, void *arg)
{
	struct ending *search = arg;

	if ((!search->shost || device->shost == search->shost) &&
	    READ_ONCE(device->stage) >= SCL_STAGE_REMOVED && !READ_ONCE(device->history.over))
		search->found = true;
}

static bool is_ending(const struct Scsi_Host *shost)
{
	struct ending search = { .shost = shost };

	if (atomic_read(&ending))
		scl_devices_each(find_ending, &search);
	return search.found;
}

/**
 * scl_devices_wait_ended - wait until the removed devices of a host have no node and no uevent due
 * @shost: the host; NULL: all
 *
 * Waits for no other work on the queue, and so not by flush_workqueue(): LLDs scan in workers of
 * queues for memory reclaim, which the workqueue would warn of.
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_devices_wait_ended(const struct Scsi_Host *shost)
{
	wait_event(ended, !is_ending(shost));
}

/**
 * scl_devices_init - initialize the registry of devices
 * @uevent: the work that sends uevents
 * @end: the work of a device that has ended; it calls scl_device_finish()
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM.
 */
int scl_devices_init(work_func_t uevent, work_func_t end)
{
	uevent_work = uevent;
	end_work = end;
	objects = KMEM_CACHE(scl_device, 0);
	if (!objects)
		return -ENOMEM;
	scl_device_works = alloc_workqueue("scsi_lifecycle_devices", WQ_UNBOUND, 0);
	if (!scl_device_works)
		kmem_cache_destroy(objects);
	return scl_device_works ? 0 : -ENOMEM;
}

/**
 * scl_devices_exit - free the registry of devices
 *
 * Context: may sleep. All devices have ended, none is created any more, and no file of a node is
 * open and no consumer attached: each keeps this module.
 */
void scl_devices_exit(void)
{
	wait_event(none_left, !atomic_read(&known));
	destroy_workqueue(scl_device_works);
	kmem_cache_destroy(objects);
}
