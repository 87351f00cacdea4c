// SPDX-License-Identifier: GPL-2.0
//
// What the bus announces, and what it does not: devices that were there before the guard, hosts
// that are added and removed, also hosts that are found during their removal, and devices that have
// left the bus.
#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/transport_class.h>
#include <scsi/scsi_host.h>

#include "compat.h"
#include "file.h"
#include "going.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

/* This test uses the disk first: scripts/kunit made the disk before it loaded the guard. */
static void a_disk_that_was_there_before_the_guard_is_known_to_it(struct kunit *test)
{
	struct scsi_device *sdev;
	struct scl_device *device;

	KUNIT_ASSERT_FALSE_MSG(test, scl_number_is_free(0), "no device before the suites");
	sdev = scl_kunit_disk(test);
	device = scl_kunit_device(test, sdev);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(device->has_node));
	KUNIT_EXPECT_TRUE(test, scl_in_section(!!scl_device_find(sdev)));
	KUNIT_EXPECT_TRUE(test, scl_is_remembered(sdev->host));
	put_device(&device->dev);
	scl_disk_put(sdev);
}

static scl_queued takes_nothing(struct Scsi_Host *shost, struct scsi_cmnd *cmd)
{
	return SCSI_MLQUEUE_HOST_BUSY;
}

/* A host without a device, which is not on the bus yet. The test holds a reference. */
static struct Scsi_Host *allocated(struct kunit *test, struct module *lld)
{
	struct scsi_host_template *template = kunit_kzalloc(test, sizeof(*template), GFP_KERNEL);
	struct Scsi_Host *shost;

	KUNIT_ASSERT_NOT_NULL(test, template);
	template->module = lld;
	template->name = "kunit";
	template->proc_name = "kunit";
	template->queuecommand = takes_nothing;
	template->can_queue = 1;
	template->this_id = -1;
	shost = scsi_host_alloc(template, 0);
	KUNIT_ASSERT_NOT_NULL(test, shost);
	return shost;
}

/* The same, on the bus. */
static struct Scsi_Host *a_host(struct kunit *test, struct module *lld)
{
	struct Scsi_Host *shost = allocated(test, lld);

	KUNIT_ASSERT_EQ(test, scsi_add_host(shost, NULL), 0);
	return shost;
}

struct watcher {
	struct notifier_block nb;
	struct Scsi_Host *shost;
	bool remembered; /* as the last notifier of the host leaving the bus finds it */
};

static int is_about_to_leave(struct notifier_block *nb, unsigned long action, void *dev)
{
	struct watcher *watcher = container_of(nb, struct watcher, nb);

	if (action == BUS_NOTIFY_DEL_DEVICE && dev == &watcher->shost->shost_gendev)
		watcher->remembered = scl_is_remembered(watcher->shost);
	return NOTIFY_DONE;
}

static void a_host_is_remembered_from_its_addition_until_its_removal(struct kunit *test)
{
	struct Scsi_Host *shost = a_host(test, THIS_MODULE);
	struct watcher watcher = { .nb.notifier_call = is_about_to_leave,
				   .nb.priority = -1,
				   .shost = shost,
				   .remembered = true };
	const struct bus_type *bus = shost->shost_gendev.bus;
	struct kmsg_dump_iter log = scl_log_mark();
	char path[80], text[16];

	KUNIT_EXPECT_TRUE(test, scl_is_remembered(shost));
	scnprintf(path, sizeof(path), "/sys/bus/scsi/devices/host%u/teardown_tmo", shost->host_no);
	KUNIT_EXPECT_GT(test, scl_file_text(path, text, sizeof(text)), (ssize_t)0);
	KUNIT_EXPECT_STREQ(test, text, "default\n");
	KUNIT_EXPECT_EQ(test, bus_register_notifier((void *)bus, &watcher.nb), 0);
	scsi_remove_host(shost);
	bus_unregister_notifier((void *)bus, &watcher.nb);
	KUNIT_EXPECT_FALSE(test, watcher.remembered);
	KUNIT_EXPECT_FALSE(test, scl_is_remembered(shost));
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "no teardown_tmo of its own"), 0U);
	scl_host_forget(shost);
	scsi_host_put(shost);
}

/* As all of them are found when this module is unloaded. */
static void a_host_is_found_by_iteration_however_high_its_number(struct kunit *test)
{
	struct Scsi_Host *lower[10], *shost;
	struct scl_host *host;
	unsigned long number;
	int i, idx;

	for (i = 0; i < ARRAY_SIZE(lower); i++)
		lower[i] = allocated(test, THIS_MODULE);
	shost = a_host(test, THIS_MODULE);
	KUNIT_EXPECT_GE(test, shost->host_no, (unsigned int)ARRAY_SIZE(lower));
	idx = srcu_read_lock(&scl_srcu);
	for (number = 0; (host = scl_host_next(&number)); number++)
		if (host->shost == shost)
			break;
	KUNIT_EXPECT_NOT_NULL(test, host);
	srcu_read_unlock(&scl_srcu, idx);
	scsi_remove_host(shost);
	scsi_host_put(shost);
	for (i = 0; i < ARRAY_SIZE(lower); i++)
		scsi_host_put(lower[i]);
}

/* A reader that has found the host on the bus, and remembers the host once @go is complete. */
struct finder {
	struct Scsi_Host *shost;
	struct completion found, go, done;
	int err;
};

static int find(void *data)
{
	struct finder *finder = data;
	int idx = srcu_read_lock(&scl_srcu);

	complete(&finder->found);
	wait_for_completion_timeout(&finder->go, 20 * HZ);
	finder->err = scl_host_remember(finder->shost);
	srcu_read_unlock(&scl_srcu, idx);
	complete(&finder->done);
	return 0;
}

static void begin_to_find(struct kunit *test, struct finder *finder, struct Scsi_Host *shost)
{
	finder->shost = shost;
	finder->err = 1;
	init_completion(&finder->found);
	init_completion(&finder->go);
	init_completion(&finder->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(find, finder, "finder")));
	wait_for_completion(&finder->found);
}

static struct finder finder;

static int has_left(struct notifier_block *nb, unsigned long action, void *dev)
{
	if (action == BUS_NOTIFY_REMOVED_DEVICE && dev == &finder.shost->shost_gendev) {
		/* As a host whose scsi_add_host() failed: it never gets to SHOST_DEL. */
		finder.shost->shost_state = SHOST_RUNNING;
		complete(&finder.go);
	}
	return NOTIFY_DONE;
}

static void a_host_that_is_found_during_its_removal_is_forgotten(struct kunit *test)
{
	struct notifier_block before_guard = { .notifier_call = has_left, .priority = 1 };
	struct Scsi_Host *shost = a_host(test, THIS_MODULE);
	const struct bus_type *bus = shost->shost_gendev.bus;

	scl_host_forget(shost);
	begin_to_find(test, &finder, shost);
	KUNIT_EXPECT_EQ(test, bus_register_notifier((void *)bus, &before_guard), 0);
	scsi_remove_host(shost);
	bus_unregister_notifier((void *)bus, &before_guard);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&finder.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, finder.err, 0);
	KUNIT_EXPECT_FALSE(test, scl_is_remembered(shost));
	scl_host_forget(shost);
	scsi_host_put(shost);
}

/* The log says that "going" left it behind, which scripts/kunit expects. */
static void a_host_that_is_found_while_its_lld_is_unloaded_is_forgotten(struct kunit *test)
{
	struct module *going = scl_going();
	struct scl_closing closing;
	struct Scsi_Host *shost;

	shost = a_host(test, going);
	scl_host_forget(shost);
	begin_to_find(test, &finder, shost);
	scl_closing_begin(test, &closing, going);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&closing.done, HZ / 2), 0UL);
	complete(&finder.go);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&closing.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&finder.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, finder.err, 0);
	KUNIT_EXPECT_FALSE(test, scl_is_remembered(shost));
	scsi_remove_host(shost);
	scsi_host_put(shost);
}

static bool knows(struct scl_device *device, bool blocked)
{
	return READ_ONCE(device->state.blocked) == blocked;
}

/* What stock does to one device is found by a poll of all devices of its host. */
static void expect_polls(struct kunit *test, struct scsi_device *sdev)
{
	struct scl_device *device = scl_kunit_device(test, sdev);

	KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(knows(device, true)));
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(knows(device, false)));
	put_device(&device->dev);
}

/* In SDEV_CANCEL still, its driver detached. */
static void a_removal_that_has_left_the_bus_is_not_found_again(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test), *disk = scl_kunit_disk(test);
	long removals = scl_removal_past_the_bus(test, sdev);

	expect_polls(test, disk);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_REMOVALS), removals);
	KUNIT_EXPECT_NULL(test, scl_device_find(sdev));
	WRITE_ONCE(sdev->sdev_state, SDEV_DEL);
	scl_disk_put(disk);
	scl_disk_put(sdev);
}

/*
 * Containers are matched with a device more often than at the end of its removal, and with a device
 * in SDEV_DEL as well.
 */
static void a_device_is_removed_once_it_is_in_del_and_its_queue_is_destroyed(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);

	WRITE_ONCE(sdev->sdev_state, SDEV_DEL);
	transport_configure_device(&sdev->sdev_gendev);
	WRITE_ONCE(sdev->sdev_state, SDEV_RUNNING);
	KUNIT_EXPECT_PTR_EQ(test, READ_ONCE(device->sdev), sdev);
	set_bit(QUEUE_FLAG_DYING, &sdev->request_queue->queue_flags);
	transport_configure_device(&sdev->sdev_gendev);
	clear_bit(QUEUE_FLAG_DYING, &sdev->request_queue->queue_flags);
	KUNIT_EXPECT_PTR_EQ(test, READ_ONCE(device->sdev), sdev);
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void nothing_is_logged_of_a_lun_that_is_added(struct kunit *test)
{
	struct kmsg_dump_iter log;
	struct scsi_device *sdev = scl_kunit_other(test);

	scsi_remove_device(sdev);
	scl_disk_put(sdev);
	log = scl_log_mark();
	sdev = scl_kunit_other(test);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "scsi_lifecycle: "), 0U);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* As the poll of a host that is being removed finds a blocked LUN, before its scan has added it. */
static struct scl_device *scanned;

static int is_found_by_a_poll(struct notifier_block *nb, unsigned long action, void *dev)
{
	if (action == BUS_NOTIFY_ADD_DEVICE && scsi_is_sdev_device(dev))
		scanned = scl_begin_at(to_scsi_device(dev), SCL_STAGE_SCANNED);
	return NOTIFY_DONE;
}

static void a_lun_that_is_added_keeps_the_object_that_it_had_in_its_scan(struct kunit *test)
{
	struct notifier_block before_guard = { .notifier_call = is_found_by_a_poll,
					       .priority = 1 };
	struct scsi_device *sdev = scl_kunit_other(test);
	const struct bus_type *bus = sdev->sdev_gendev.bus;

	scsi_remove_device(sdev);
	scl_disk_put(sdev);
	KUNIT_EXPECT_EQ(test, bus_register_notifier((void *)bus, &before_guard), 0);
	sdev = scl_disk_get_other();
	bus_unregister_notifier((void *)bus, &before_guard);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sdev));
	KUNIT_EXPECT_PTR_EQ(test, scl_in_section(scl_device_find(sdev)), scanned);
	KUNIT_EXPECT_EQ(test, scl_in_section((int)scl_device_find(sdev)->stage),
			(int)SCL_STAGE_IN_USE);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* There was no memory to remember it. */
static void a_lun_that_is_added_has_its_host_remembered(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *sdev = scl_kunit_other(test);

	/* The device would end with its host, and its scsi_device would stay. */
	scsi_remove_device(disk);
	scl_disk_put(disk);
	scsi_remove_device(sdev);
	scl_host_forget(sdev->host);
	KUNIT_EXPECT_FALSE(test, scl_is_remembered(sdev->host));
	scl_disk_put(sdev);
	sdev = scl_kunit_other(test);
	KUNIT_EXPECT_TRUE(test, scl_is_remembered(sdev->host));
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_disk_that_was_there_before_the_guard_is_known_to_it),
	KUNIT_CASE(a_host_is_remembered_from_its_addition_until_its_removal),
	KUNIT_CASE(a_host_is_found_by_iteration_however_high_its_number),
	KUNIT_CASE(a_host_that_is_found_during_its_removal_is_forgotten),
	KUNIT_CASE(a_host_that_is_found_while_its_lld_is_unloaded_is_forgotten),
	KUNIT_CASE(a_removal_that_has_left_the_bus_is_not_found_again),
	KUNIT_CASE(a_device_is_removed_once_it_is_in_del_and_its_queue_is_destroyed),
	KUNIT_CASE(nothing_is_logged_of_a_lun_that_is_added),
	KUNIT_CASE(a_lun_that_is_added_keeps_the_object_that_it_had_in_its_scan),
	KUNIT_CASE(a_lun_that_is_added_has_its_host_remembered),
	{}
};

struct kunit_suite scl_bus_suite = {
	.name = "scsi_lifecycle_bus",
	.test_cases = cases,
};
