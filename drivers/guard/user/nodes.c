// SPDX-License-Identifier: GPL-2.0
//
// How the nodes of devices come and go. All are of one cdev, which has all numbers. A worker
// removes the node when the device is removed; a close never does.
#include <linux/cdev.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "compat.h"
#include "user.h"

static dev_t first;
static struct cdev *nodes;

/* How long the load of this module waits for the nodes of a thousand devices. */
#define DEFERRED_MS 250

static DEFINE_MUTEX(deferred_mutex);	/* node_due of all devices, and the next */
static bool deferring;
static bool stopping;
static void add_deferred(struct work_struct *work);
static DECLARE_WORK(deferred_work, add_deferred);
static DECLARE_COMPLETION(deferred_added);

static char *node_name(scl_devnode_device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0600;
	return kasprintf(GFP_KERNEL, "scsi_lifecycle/%s", dev_name(dev));
}

struct class scl_nodes = {
	.name		= "scsi_lifecycle",
	.devnode	= node_name,
	.dev_groups	= scl_sysfs_node_groups,
	.class_groups	= scl_sysfs_class_groups,
};

/**
 * scl_node_add - give a device its node
 * @device: the device; it stays without a node if this fails
 *
 * Context: may sleep.
 */
void scl_node_add(struct scl_device *device)
{
	int err;

	device->dev.class = &scl_nodes;
	device->dev.devt = MKDEV(MAJOR(first), device->number);
	/* It is never suspended: without this it had a directory "power" with ten files. */
	device_set_pm_not_required(&device->dev);
	err = dev_set_name(&device->dev, "%u:%u:%u:%llu", device->host_no, device->channel,
			   device->id, device->lun);
	if (!err)
		err = device_add(&device->dev);
	if (err)
		pr_warn("%u:%u:%u:%llu has no node: %d\n", device->host_no, device->channel,
			device->id, device->lun, err);
	else
		scl_uevents_begin(device);
}

/**
 * scl_node_remove - take the node away; open files stay
 * @device: the device, which has a node
 *
 * Context: may sleep.
 */
void scl_node_remove(struct scl_device *device)
{
	device_del(&device->dev);
}

/**
 * scl_node_has - has a device that has ended a node? From now on it gets none
 * @device: the device
 *
 * Context: may sleep.
 */
bool scl_node_has(struct scl_device *device)
{
	bool has;

	mutex_lock(&deferred_mutex);
	device->node_due = false;
	has = device->has_node;
	mutex_unlock(&deferred_mutex);
	return has;
}

/**
 * scl_node_defer - add the node of a device later, if it is time for that
 * @device: the device
 *
 * Context: may sleep.
 * Return: true; false: the caller has to add it.
 */
bool scl_node_defer(struct scl_device *device)
{
	bool defer;

	mutex_lock(&deferred_mutex);
	defer = deferring;
	device->node_due = defer;
	mutex_unlock(&deferred_mutex);
	return defer;
}

/**
 * scl_nodes_defer - begin, or cease, to defer the addition of nodes
 * @defer: begin
 *
 * Context: may sleep.
 */
void scl_nodes_defer(bool defer)
{
	mutex_lock(&deferred_mutex);
	deferring = defer;
	mutex_unlock(&deferred_mutex);
}

/* It may have ended meanwhile: then its worker has passed scl_node_has(), or waits there. */
static void add_if_due(struct scl_device *device)
{
	mutex_lock(&deferred_mutex);
	if (device->node_due)
		scl_node_add(device);
	device->node_due = false;
	mutex_unlock(&deferred_mutex);
}

static void add_deferred(struct work_struct *work)
{
	/* The workers of ends wait for the mutex: as in scl_lifetime_end(). */
	unsigned int noio = memalloc_noio_save();
	struct scl_device *device;
	unsigned long number;

	for (number = 0; !READ_ONCE(stopping) && (device = scl_device_get_next(&number));
	     number++) {
		add_if_due(device);
		put_device(&device->dev);
	}
	complete_all(&deferred_added);
	memalloc_noio_restore(noio);
}

/**
 * scl_nodes_add_deferred - add the nodes that were deferred
 *
 * Returns when that is done, or goes on in the background.
 *
 * Context: may sleep.
 */
void scl_nodes_add_deferred(void)
{
	queue_work(scl_device_works, &deferred_work);
	wait_for_completion_timeout(&deferred_added, msecs_to_jiffies(DEFERRED_MS));
}

/**
 * scl_nodes_stop_deferred - add no more of the nodes that were deferred
 *
 * Context: may sleep.
 */
void scl_nodes_stop_deferred(void)
{
	WRITE_ONCE(stopping, true);
	cancel_work_sync(&deferred_work);
}

static int add_cdev(void)
{
	int err = -ENOMEM;

	nodes = cdev_alloc();
	if (nodes) {
		nodes->owner = THIS_MODULE;
		nodes->ops = &scl_node_operations;
		err = cdev_add(nodes, first, SCL_NODES);
		if (err)
			kobject_put(&nodes->kobj);
	}
	return err;
}

int scl_nodes_init(void)
{
	int err = class_register(&scl_nodes);

	if (err)
		return err;
	err = alloc_chrdev_region(&first, 0, SCL_NODES, "scsi_lifecycle");
	if (err)
		goto err_class;
	err = add_cdev();
	if (err)
		goto err_region;
	return 0;

err_region:
	unregister_chrdev_region(first, SCL_NODES);
err_class:
	class_unregister(&scl_nodes);
	return err;
}

void scl_nodes_exit(void)
{
	cdev_del(nodes);
	unregister_chrdev_region(first, SCL_NODES);
	class_unregister(&scl_nodes);
	scl_removed_exit();
}
