// SPDX-License-Identifier: GPL-2.0
//
// Parameters, and teardown_tmo of a host, a device and a node, as an administrator reads and writes
// them.
#include <kunit/test.h>
#include <scsi/scsi_host.h>

#include "file.h"
#include "kernel_log.h"
#include "kunit_device.h"
#include "kunit_disk.h"
#include "rooms.h"
#include "suites.h"

#define PATH 96

static void expect_text(struct kunit *test, const char *path, const char *expected)
{
	char text[64];

	KUNIT_EXPECT_GE(test, scl_file_text(path, text, sizeof(text)), (ssize_t)0);
	KUNIT_EXPECT_STREQ_MSG(test, text, expected, "%s", path);
}

static void takes(struct kunit *test, const char *path, const char *value)
{
	char line[32];

	scnprintf(line, sizeof(line), "%s\n", value);
	KUNIT_EXPECT_EQ_MSG(test, scl_file_write(path, value), 0, "%s < %s", path, value);
	expect_text(test, path, line);
	KUNIT_EXPECT_EQ_MSG(test, scl_file_write(path, line), 0, "%s < %s and a newline", path,
			    value);
	expect_text(test, path, line);
}

/* And the log says so, once, with the word. */
static void refuses(struct kunit *test, const char *path, const char *value, const char *says)
{
	struct kmsg_dump_iter log = scl_log_mark();
	char before[64] = "", after[64] = "";

	scl_file_text(path, before, sizeof(before));
	KUNIT_EXPECT_EQ_MSG(test, scl_file_write(path, value), -EINVAL, "%s < \"%s\"", path, value);
	scl_file_text(path, after, sizeof(after));
	KUNIT_EXPECT_STREQ(test, before, after);
	if (says)
		KUNIT_EXPECT_EQ_MSG(test, scl_log_count(&log, says), 1U, "%s", says);
}

static const char *const no_times[] = { " ",   "-1",	     "+1",	   "1s",  "0x10",
					"Off", "4294967294", "4294967296", "1.5", "defaults" };

static void parameters_take_times_and_refuse_all_else(struct kunit *test)
{
	static const struct {
		const char *name, *is;
		bool off, has_default;
		const char *says;
	} all[] = {
		{ "teardown_tmo", "5\n", true, false,
		  "teardown_tmo: \"1 2\" is neither seconds nor \"off\"" },
		{ "flush_tmo", "default\n", true, true,
		  "flush_tmo: \"1 2\" is neither seconds nor \"off\" nor \"default\"" },
		{ "reboot_tmo", "default\n", true, true,
		  "reboot_tmo: \"1 2\" is neither seconds nor \"off\" nor \"default\"" },
		{ "hold_max", "30\n", false, false, "hold_max: \"1 2\" is not seconds" },
	};
	char path[PATH];
	int i, j;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		scnprintf(path, sizeof(path), "/sys/module/scsi_lifecycle/parameters/%s",
			  all[i].name);
		expect_text(test, path, all[i].is);
		takes(test, path, "0");
		takes(test, path, "4294967293");
		takes(test, path, "7");
		for (j = 0; j < ARRAY_SIZE(no_times); j++)
			refuses(test, path, no_times[j], NULL);
		refuses(test, path, "1 2", all[i].says);
		if (all[i].off)
			takes(test, path, "off");
		else
			refuses(test, path, "off", NULL);
		if (all[i].has_default)
			takes(test, path, "default");
		else
			refuses(test, path, "default", NULL);
		KUNIT_EXPECT_EQ(test, scl_file_write(path, all[i].is), 0);
	}
}

static void events_are_one_of_three_words(struct kunit *test)
{
	static const char path[] = "/sys/module/scsi_lifecycle/parameters/uevents";

	expect_text(test, path, "removals\n");
	takes(test, path, "off");
	takes(test, path, "all");
	refuses(test, path, "some",
		"uevents: \"some\" is neither \"off\" nor \"removals\" nor \"all\"");
	refuses(test, path, "1", NULL);
	refuses(test, path, "off all", NULL);
	takes(test, path, "removals");
}

static void a_host_a_device_and_a_node_have_a_teardown_tmo(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	const char *name = dev_name(&sdev->sdev_gendev);
	char host[PATH], device[PATH], node[PATH];
	const char *const all[] = { host, device, node };
	int i, j;

	scnprintf(host, sizeof(host), "/sys/bus/scsi/devices/host%u/teardown_tmo",
		  sdev->host->host_no);
	scnprintf(device, sizeof(device), "/sys/bus/scsi/devices/%s/teardown_tmo", name);
	scnprintf(node, sizeof(node), "/sys/class/scsi_lifecycle/%s/teardown_tmo", name);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		expect_text(test, all[i], "default\n");
		takes(test, all[i], "0");
		takes(test, all[i], "off");
		takes(test, all[i], "default");
		for (j = 0; j < ARRAY_SIZE(no_times); j++)
			refuses(test, all[i], no_times[j], NULL);
		refuses(test, all[i], "soon",
			"scsi_lifecycle: teardown_tmo: \"soon\" is not seconds, nor \"off\", nor \"default\"");
	}
	/* The device's and its node's are one, the host's is another. */
	takes(test, device, "9");
	expect_text(test, node, "9\n");
	takes(test, node, "11");
	expect_text(test, device, "11\n");
	expect_text(test, host, "default\n");
	scsi_remove_device(sdev);
	KUNIT_EXPECT_EQ(test, scl_file_write(device, "1"), -ENOENT);
	scl_disk_put(sdev);
}

static void a_device_whose_driver_is_detached_has_no_teardown_tmo(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	char node[PATH], text[16];

	scnprintf(node, sizeof(node), "/sys/class/scsi_lifecycle/%s/teardown_tmo",
		  dev_name(&sdev->sdev_gendev));
	/* While its object stays: the node is not removed. */
	mutex_lock(&scl_devices_mutex);
	scl_device_meets(device, SCL_STAGE_EVENT_DETACHED);
	mutex_unlock(&scl_devices_mutex);
	KUNIT_EXPECT_EQ(test, scl_file_write(node, "1"), -ENODEV);
	KUNIT_EXPECT_EQ(test, scl_file_text(node, text, sizeof(text)), (ssize_t)-ENODEV);
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(parameters_take_times_and_refuse_all_else),
	KUNIT_CASE(events_are_one_of_three_words),
	KUNIT_CASE(a_host_a_device_and_a_node_have_a_teardown_tmo),
	KUNIT_CASE(a_device_whose_driver_is_detached_has_no_teardown_tmo),
	{}
};

struct kunit_suite scl_sysfs_suite = {
	.name = "scsi_lifecycle_sysfs",
	.test_cases = cases,
};
