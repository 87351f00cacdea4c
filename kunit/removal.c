// SPDX-License-Identifier: GPL-2.0
//
// Removals that wait, and how long.
#include <linux/device.h>
#include <linux/kthread.h>
#include <scsi/scsi_host.h>

#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"

static int remove(void *data)
{
	struct scl_removal *removal = data;

	removal->began = scl_now();
	scsi_remove_device(removal->sdev);
	removal->ended = scl_now();
	complete(&removal->done);
	return 0;
}

void scl_removal_begin(struct kunit *test, struct scl_removal *removal, struct scsi_device *sdev)
{
	removal->sdev = sdev;
	init_completion(&removal->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(remove, removal, "remove")));
}

/* For all devices of its host, as the administrator would set it. */
void scl_removal_tmo(struct scsi_device *sdev, unsigned int tmo)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(sdev->host);

	if (host)
		WRITE_ONCE(host->teardown_tmo, tmo);
	srcu_read_unlock(&scl_srcu, idx);
}

/* In SDEV_OFFLINE stock allows the change to SDEV_CANCEL, with the queue stopped. */
void scl_removal_will_wait(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	KUNIT_ASSERT_EQ(test, scsi_device_set_state(sdev, SDEV_OFFLINE), 0);
}

/* Polls all devices of its host, now. */
void scl_removal_poll_now(struct scsi_device *sdev)
{
	struct scl_host *host = scl_in_section(scl_host_find(sdev->host));

	if (host)
		host->poll.work.func(&host->poll.work);
}

static void call(struct scl_leave *leave, void (*fn)(struct scl_leave *leave), unsigned long action,
		 void *dev)
{
	int idx;

	if (!fn || action != BUS_NOTIFY_REMOVED_DEVICE || dev != &leave->sdev->sdev_gendev)
		return;
	idx = srcu_read_lock(&scl_srcu);
	leave->device = scl_device_find(leave->sdev);
	fn(leave);
	srcu_read_unlock(&scl_srcu, idx);
}

static int comes_before(struct notifier_block *nb, unsigned long action, void *dev)
{
	struct scl_leave *leave = container_of(nb, struct scl_leave, before_nb);

	call(leave, leave->before, action, dev);
	return NOTIFY_DONE;
}

static int comes_after(struct notifier_block *nb, unsigned long action, void *dev)
{
	struct scl_leave *leave = container_of(nb, struct scl_leave, after_nb);

	call(leave, leave->after, action, dev);
	return NOTIFY_DONE;
}

void scl_leave_remove(struct kunit *test, struct scl_leave *leave)
{
	struct bus_type *bus = leave->sdev->sdev_gendev.bus;

	leave->test = test;
	leave->host = scl_in_section(scl_host_find(leave->sdev->host));
	leave->before_nb = (struct notifier_block){ .notifier_call = comes_before, .priority = 1 };
	leave->after_nb = (struct notifier_block){ .notifier_call = comes_after, .priority = -1 };
	KUNIT_ASSERT_NOT_NULL(test, leave->host);
	KUNIT_EXPECT_EQ(test, bus_register_notifier(bus, &leave->before_nb), 0);
	KUNIT_EXPECT_EQ(test, bus_register_notifier(bus, &leave->after_nb), 0);
	scsi_remove_device(leave->sdev);
	bus_unregister_notifier(bus, &leave->after_nb);
	bus_unregister_notifier(bus, &leave->before_nb);
	scl_disk_put(leave->sdev);
}

/*
 * The device has left the bus, is in SDEV_CANCEL again, and is not remembered. Returns the number
 * of removals.
 */
long scl_removal_past_the_bus(struct kunit *test, struct scsi_device *sdev)
{
	long removals;

	scsi_remove_device(sdev);
	removals = scl_counted(SCL_COUNT_REMOVALS);
	WRITE_ONCE(sdev->sdev_state, SDEV_CANCEL);
	return removals;
}
