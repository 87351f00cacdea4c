// SPDX-License-Identifier: GPL-2.0
//
// A LUN that is scanned without memory: of all the scan's allocations only the guard's fail, when
// the bus announces the LUN, and when its class does. (Where some of the mid-layer's own
// allocations fail it comes to a BUG().)
#include <kunit/test.h>
#include <linux/notifier.h>
#include <scsi/scsi_driver.h>
#include <scsi/scsi_host.h>

#include "failing.h"
#include "file.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
#include "suites.h"

/* More allocations than the guard makes. */
#define MANY 2000

/* What is found after the guard's notifiers have run. */
static struct {
	unsigned int nth;		/* fails */
	bool failed, is_remembered;
} scan;

static bool is_remembered(struct scsi_device *sdev)
{
	return scl_in_section(!!scl_device_find(sdev));
}

static void begin(void)
{
	scl_fail_nth(scan.nth);
}

static void end(struct scsi_device *sdev)
{
	scan.failed = scl_has_failed();
	scan.is_remembered = is_remembered(sdev);
}

static bool is_added(unsigned long action, struct device *dev)
{
	return action == BUS_NOTIFY_ADD_DEVICE && scsi_is_sdev_device(dev);
}

static int comes_before(struct notifier_block *nb, unsigned long action, void *dev)
{
	if (is_added(action, dev))
		begin();
	return NOTIFY_DONE;
}

static int comes_after(struct notifier_block *nb, unsigned long action, void *dev)
{
	if (is_added(action, dev))
		end(to_scsi_device(dev));
	return NOTIFY_DONE;
}

static void
a_lun_for_which_the_bus_finds_no_memory_is_named_and_remembered_later(struct kunit *test)
{
	struct notifier_block before = { .notifier_call = comes_before, .priority = 1 };
	struct notifier_block after = { .notifier_call = comes_after, .priority = -1 };
	struct scsi_device *sdev = scl_kunit_other(test);
	struct bus_type *bus = sdev->sdev_gendev.bus;
	unsigned int refused = 0;

	KUNIT_EXPECT_EQ(test, bus_register_notifier(bus, &before), 0);
	KUNIT_EXPECT_EQ(test, bus_register_notifier(bus, &after), 0);
	scan.failed = true;
	for (scan.nth = 1; scan.failed && scan.nth < MANY; scan.nth++) {
		struct kmsg_dump_iter log = scl_log_mark();

		scsi_remove_device(sdev);
		scl_disk_put(sdev);
		sdev = scl_disk_get_other();
		if (IS_ERR(sdev))
			break;
		refused += !scan.is_remembered;
		KUNIT_EXPECT_EQ(test, scl_log_count(&log, "no memory to remember it"),
				scan.is_remembered ? 0 : 1);
		KUNIT_EXPECT_TRUE(test, is_remembered(sdev));
	}
	bus_unregister_notifier(bus, &after);
	bus_unregister_notifier(bus, &before);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sdev));
	KUNIT_EXPECT_FALSE(test, scan.failed);
	KUNIT_EXPECT_GT(test, refused, 0U);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* The last check before the class announces the device. */
static int is_about_to_join(struct device *dev, struct kobj_uevent_env *env)
{
	if (!strcmp(env->envp[0], "ACTION=add")) {
		/* As a device that was added before the guard registered with the bus. */
		scl_forget(to_scsi_device(dev->parent));
		begin();
	}
	return 0;
}

static const struct device_type joins = { .uevent = is_about_to_join };

static int will_join(struct notifier_block *nb, unsigned long action, void *dev)
{
	if (is_added(action, dev))
		to_scsi_device(dev)->sdev_dev.type = &joins;
	return NOTIFY_DONE;
}

static int has_joined(struct device *dev, struct class_interface *interface)
{
	end(to_scsi_device(dev->parent));
	return 0;
}

static bool has_attribute(struct scsi_device *sdev)
{
	char path[80], text[16];

	scnprintf(path, sizeof(path), "/sys/bus/scsi/devices/%s/teardown_tmo",
		  dev_name(&sdev->sdev_gendev));
	return scl_file_text(path, text, sizeof(text)) != -ENOENT;
}

static void what_a_lun_in_its_class_has_no_memory_for_is_reported(struct kunit *test)
{
	struct notifier_block bus_nb = { .notifier_call = will_join };
	struct class_interface last = { .add_dev = has_joined };
	struct scsi_device *sdev = scl_kunit_other(test);
	struct bus_type *bus = sdev->sdev_gendev.bus;
	unsigned int scans, refused = 0, bare = 0;

	KUNIT_EXPECT_EQ(test, bus_register_notifier(bus, &bus_nb), 0);
	KUNIT_EXPECT_EQ(test, scsi_register_interface(&last), 0);
	scan.failed = false;
	for (scans = 0; (scan.failed || !refused || !bare) && scans < MANY; scans++) {
		struct kmsg_dump_iter log = scl_log_mark(), again = log, host = log;
		bool has;

		/*
		 * From the first allocation on again, if need be: the notifiers before the guard's
		 * do not always allocate the same.
		 */
		scan.nth = scan.failed ? scan.nth + 1 : 1;
		scsi_remove_device(sdev);
		scl_disk_put(sdev);
		sdev = scl_disk_get_other();
		if (IS_ERR(sdev))
			break;
		has = has_attribute(sdev);
		refused += !scan.is_remembered;
		bare += !has;
		KUNIT_EXPECT_EQ(test, scl_log_count(&log, "no memory to remember it"),
				scan.is_remembered ? 0 : 1);
		KUNIT_EXPECT_EQ(test, scl_log_count(&again, "no teardown_tmo of its own"),
				has ? 0 : 1);
		/* Its host is remembered, and finding that takes no memory. */
		KUNIT_EXPECT_EQ(test, scl_log_count(&host, "cannot be remembered"), 0U);
	}
	scsi_unregister_interface(&last);
	bus_unregister_notifier(bus, &bus_nb);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sdev));
	sdev->sdev_dev.type = NULL;
	KUNIT_EXPECT_FALSE(test, scan.failed);
	KUNIT_EXPECT_GT(test, refused, 0U);
	KUNIT_EXPECT_GT(test, bare, 0U);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_lun_for_which_the_bus_finds_no_memory_is_named_and_remembered_later),
	KUNIT_CASE(what_a_lun_in_its_class_has_no_memory_for_is_reported),
	{}
};

/* scripts/kunit knows this name as one without memory. */
struct kunit_suite scl_scan_suite = {
	.name = "scsi_lifecycle_memory_scan",
	.init = scl_needs_faults,
	.test_cases = cases,
};
