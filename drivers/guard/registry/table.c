// SPDX-License-Identifier: GPL-2.0
//
// How a scl_device is found: by the address of its scsi_device, and by the number of its node.
#include <linux/hashtable.h>
#include <linux/kdev_t.h>
#include <linux/rculist.h>
#include <linux/xarray.h>

#include "registry.h"

/*
 * By the address of the scsi_device, until it ends. (An xarray takes a node or two of its own for
 * each key that is an address: 1.2 kB a device.)
 */
static DEFINE_HASHTABLE(devices, 12);
static DEFINE_SPINLOCK(devices_lock);	/* which are in it; a leaf */
static DEFINE_XARRAY_ALLOC(numbers);	/* all, by the number of the node */
static u32 next_number;			/* under scl_devices_mutex: a million others come first */

#ifdef SCL_TESTS
atomic_t scl_lookups, scl_state_reads;
#endif

/**
 * scl_table_take_number - take a number that no device has
 * @device: the device; it is not found by it before scl_table_number()
 *
 * Context: may sleep. Caller holds scl_devices_mutex.
 * Return: true; false: there is no memory.
 */
bool scl_table_take_number(struct scl_device *device)
{
	return xa_alloc_cyclic(&numbers, &device->number, NULL, XA_LIMIT(0, MINORMASK),
			       &next_number, GFP_NOIO) >= 0;
}

/* The device is found by its number from now on. */
void scl_table_number(struct scl_device *device)
{
	xa_store(&numbers, device->number, device, GFP_NOIO);
}

/* The number may be another device's from now on. */
void scl_table_give_number_back(struct scl_device *device)
{
	xa_erase(&numbers, device->number);
}

/**
 * scl_table_insert - let a device be found by the address of its scsi_device
 * @device: the device
 * @sdev: the scsi_device
 *
 * Context: process.
 * Return: true; false: another is found by it.
 */
bool scl_table_insert(struct scl_device *device, struct scsi_device *sdev)
{
	bool is_first;

	spin_lock(&devices_lock);
	is_first = !scl_device_find(sdev);
	if (is_first)
		hash_add_rcu(devices, &device->found, (unsigned long)sdev);
	spin_unlock(&devices_lock);
	return is_first;
}

/* It is not found by the address any more; its sdev is NULL. */
void scl_table_erase(struct scl_device *device)
{
	spin_lock(&devices_lock);
	hash_del_rcu(&device->found);
	spin_unlock(&devices_lock);
}

/**
 * scl_device_find - find the object of a device
 * @sdev: the device, whose removal is not complete; only its address is used
 *
 * Context: any. Caller is in a read section of scl_srcu, and the object is valid in it.
 * Return: the object, or NULL.
 */
struct scl_device *scl_device_find(const struct scsi_device *sdev)
{
	struct hlist_head *bucket = &devices[hash_min((unsigned long)sdev, HASH_BITS(devices))];
	struct scl_device *device;

	scl_lookups_count();
	hlist_for_each_entry_srcu(device, bucket, found, true)
		if (sdev && READ_ONCE(device->sdev) == sdev)
			return device;
	return NULL;
}

/**
 * scl_device_get_by_number - find a device by the number of its node, removed or not
 * @number: the number
 *
 * Context: any.
 * Return: the device, with a reference, or NULL.
 */
struct scl_device *scl_device_get_by_number(unsigned int number)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = xa_load(&numbers, number);

	if (device && !kobject_get_unless_zero(&device->dev.kobj))
		device = NULL;
	srcu_read_unlock(&scl_srcu, idx);
	return device;
}

/**
 * scl_device_get_next - find the first device with a number or a higher one, removed or not
 * @number: the number; then that of the device
 *
 * Context: any.
 * Return: the device, with a reference, or NULL.
 */
struct scl_device *scl_device_get_next(unsigned long *number)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = xa_find(&numbers, number, ULONG_MAX, XA_PRESENT);

	while (device && !kobject_get_unless_zero(&device->dev.kobj))
		device = xa_find_after(&numbers, number, ULONG_MAX, XA_PRESENT);
	srcu_read_unlock(&scl_srcu, idx);
	return device;
}

/**
 * scl_devices_each - call a function for each device, removed ones included
 * @fn: the function; it is called in a read section of scl_srcu
 * @arg: for @fn
 *
 * Context: may sleep, if @fn may.
 */
void scl_devices_each(void (*fn)(struct scl_device *device, void *arg), void *arg)
{
	struct scl_device *device;
	unsigned long number;
	int idx = srcu_read_lock(&scl_srcu);

	xa_for_each(&numbers, number, device)
		fn(device, arg);
	srcu_read_unlock(&scl_srcu, idx);
}
