/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_DEVICE_H
#define SCSI_LIFECYCLE_KUNIT_DEVICE_H

#include <kunit/test.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>

#include "rooms.h"

/* Waits until the expression is true, or for so long that it never will be. */
#define scl_comes_true(condition)							\
({											\
	unsigned long give_up = jiffies + 20 * HZ;					\
	bool is;									\
											\
	while (!(is = (condition)) && time_before(jiffies, give_up))			\
		schedule_timeout_uninterruptible(1);					\
	is;										\
})

/* The value of an expression in a read section of scl_srcu. */
#define scl_in_section(expression)							\
({											\
	int section = srcu_read_lock(&scl_srcu);					\
	typeof(expression) value = (expression);					\
											\
	srcu_read_unlock(&scl_srcu, section);						\
	value;										\
})

/* The same, as the begin of a device is called: under scl_devices_mutex too. */
#define scl_in_begin(expression)							\
scl_in_section(({									\
	mutex_lock(&scl_devices_mutex);							\
	typeof(expression) begun = (expression);					\
	mutex_unlock(&scl_devices_mutex);						\
	begun;										\
}))

/*
 * As KUNIT_ASSERT_NOT_NULL(), of a variable, inside the read section @section, which is left before
 * the test is.
 */
#define scl_assert_in_section(test, section, pointer)					\
do {											\
	if (!(pointer))									\
		srcu_read_unlock(&scl_srcu, section);					\
	KUNIT_ASSERT_NOT_NULL(test, pointer);						\
} while (0)

/* No member of the queue is read. */
static inline struct scl_device *scl_create(struct scsi_device *sdev)
{
	struct scl_device *device;

	mutex_lock(&scl_devices_mutex);
	device = scl_device_create(NULL, sdev, (struct scl_state){}, SCL_STAGE_IN_USE);
	mutex_unlock(&scl_devices_mutex);
	return device;
}

/* Without memory for its object, a device is not remembered. */
static inline void scl_forget(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(sdev);

	if (device)
		scl_device_end(device, SCL_STAGE_EVENT_FORGOTTEN);
	srcu_read_unlock(&scl_srcu, idx);
}

static inline struct scl_device *scl_begin_at(struct scsi_device *sdev, enum scl_stage stage)
{
	return scl_in_begin(scl_device_begin(scl_host_find(sdev->host), sdev, stage));
}

static inline struct scl_device *scl_begin_device(struct scsi_device *sdev)
{
	return scl_begin_at(sdev, SCL_STAGE_IN_USE);
}

static inline void scl_begin_late(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);

	mutex_lock(&scl_devices_mutex);
	scl_device_begin_late(scl_host_find(sdev->host), sdev);
	mutex_unlock(&scl_devices_mutex);
	srcu_read_unlock(&scl_srcu, idx);
}

static inline void scl_observe(struct scl_device *device, struct scsi_device *sdev)
{
	mutex_lock(&scl_devices_mutex);
	scl_observe_start(device, sdev, false);
	mutex_unlock(&scl_devices_mutex);
}

/* As under the device lock. */
static inline void scl_note(struct scl_device *device, struct scl_state state, enum scl_event cause)
{
	local_irq_disable();
	scl_device_note(device, state, cause);
	local_irq_enable();
}

/* Did an open file ask its teardown to wait? */
static inline bool scl_is_held(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(sdev);
	bool held = device && READ_ONCE(device->openers.holding);

	srcu_read_unlock(&scl_srcu, idx);
	return held;
}

static inline bool scl_is_remembered(struct Scsi_Host *shost)
{
	return scl_in_section(!!scl_host_find(shost));
}

/* With a reference. */
static inline struct scl_device *scl_kunit_device(struct kunit *test, struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(sdev);

	if (device)
		get_device(&device->dev);
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_ASSERT_NOT_NULL(test, device);
	return device;
}

static inline bool scl_has_ended(struct scl_device *device)
{
	return READ_ONCE(device->history.over);
}

static inline unsigned int scl_references(struct scl_device *device)
{
	return kref_read(&device->dev.kobj.kref);
}

struct scl_number {
	unsigned int number;
	bool used;
};

static inline void scl_number_compare(struct scl_device *device, void *arg)
{
	struct scl_number *asked = arg;

	asked->used |= device->number == asked->number;
}

/* No node, file or consumer is left of the earlier scl_device that had it. */
static inline bool scl_number_is_free(unsigned int number)
{
	struct scl_number asked = { .number = number };

	scl_devices_each(scl_number_compare, &asked);
	return !asked.used;
}

#endif
