// SPDX-License-Identifier: GPL-2.0
//
// The files of a node and of its class in sysfs have what those of debugfs show.
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/notifier.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kunit_device.h"
#include "kunit_disk.h"
#include "removal.h"
#include "rooms.h"
#include "shown.h"
#include "suites.h"

#define PATH	96
#define TEXT	64
#define LINE	512

static void file_of(struct scsi_device *sdev, const char *name, char *text)
{
	char path[PATH];

	scnprintf(path, sizeof(path), "/sys/class/scsi_lifecycle/%s/%s",
		  dev_name(&sdev->sdev_gendev), name);
	text[0] = '\0';
	scl_file_text(path, text, TEXT);
}

static void expect_file(struct kunit *test, struct scsi_device *sdev, const char *name,
			const char *expected)
{
	char text[TEXT];

	file_of(sdev, name, text);
	KUNIT_EXPECT_STREQ_MSG(test, text, expected, "%s", name);
}

/* The value that the device's line in debugfs has under this name. */
static void expect_as_in_debugfs(struct kunit *test, struct scsi_device *sdev, const char *name)
{
	char key[48], word[32], line[LINE], text[TEXT], *value;

	scnprintf(key, sizeof(key), "%s state=", dev_name(&sdev->sdev_gendev));
	scl_shown_line(test, "devices", key, line, sizeof(line));
	scnprintf(word, sizeof(word), " %s=", name);
	value = strstr(line, word);
	KUNIT_EXPECT_NOT_NULL_MSG(test, value, "no %s: %s", name, line);
	if (!value)
		return;
	value += strlen(word);
	value[strcspn(value, "\n ")] = '\0';
	file_of(sdev, name, text);
	KUNIT_EXPECT_TRUE_MSG(test, !strncmp(text, value, strlen(value)) &&
			      !strcmp(text + strlen(value), "\n"), "%s: \"%s\" and \"%s\"", name,
			      text, value);
}

static void expect_all_as_in_debugfs(struct kunit *test, struct scsi_device *sdev)
{
	static const char *const all[] = { "state",	"blocked", "holds",
					   "waits_for", "disk",	   "wwid" };
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		expect_as_in_debugfs(test, sdev, all[i]);
}

static void expect_number(struct kunit *test, struct scsi_device *sdev)
{
	struct scl_device *device = scl_kunit_device(test, sdev);
	char text[TEXT];

	scnprintf(text, sizeof(text), "%u\n", device->number);
	expect_file(test, sdev, "number", text);
	put_device(&device->dev);
}

static void a_device_in_use_is_shown_as_in_debugfs(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *holder = scl_kunit_file(test, sdev, 0);

	expect_number(test, sdev);
	expect_file(test, sdev, "state", "running\n");
	expect_file(test, sdev, "blocked", "no\n");
	expect_file(test, sdev, "deadline", "-\n");
	expect_file(test, sdev, "waits_for", "-\n");
	expect_file(test, sdev, "holds", "0\n");
	expect_all_as_in_debugfs(test, sdev);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(holder, SCSI_LIFECYCLE_IOC_HOLD), 0L);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	expect_file(test, sdev, "blocked", "yes\n");
	expect_file(test, sdev, "holds", "1\n");
	expect_all_as_in_debugfs(test, sdev);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	scl_file_close(holder);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static scl_ms number_of(struct kunit *test, struct scsi_device *sdev, const char *name)
{
	char text[TEXT];
	scl_ms value = SCL_NEVER;

	file_of(sdev, name, text);
	KUNIT_EXPECT_TRUE_MSG(test, sscanf(text, "%llu\n", &value) == 1, "%s: %s", name, text);
	return value;
}

/* Its files are read while it hangs: none waits for it. */
static void a_removal_that_waits_is_shown_with_its_time(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_removal removal;
	scl_ms began = scl_now();

	scl_removal_tmo(sdev, 100);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_CANCEL));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal.done, HZ), 0UL);
	expect_file(test, sdev, "state", "cancel\n");
	expect_file(test, sdev, "waits_for", "path\n");
	expect_all_as_in_debugfs(test, sdev);
	expect_number(test, sdev);
	KUNIT_EXPECT_LE(test, number_of(test, sdev, "deadline"), 100000ULL);
	KUNIT_EXPECT_GE(test, number_of(test, sdev, "deadline"), 60000ULL);
	KUNIT_EXPECT_GT(test, number_of(test, sdev, "since"), 0ULL);
	KUNIT_EXPECT_LE(test, number_of(test, sdev, "since"), scl_now() - began);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	scl_disk_put(sdev);
}

/* Its disk and its own directory have left sysfs, and with its driver goes its disk. */
static void a_removal_that_waits_is_shown_with_the_names_it_had(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	char disk[DISK_NAME_LEN], wwid[SCL_WWID], text[LINE];
	struct scl_removal removal;
	struct scl_names names;
	int idx;

	scl_sdev_disk(sdev, disk);
	scl_sdev_wwid(sdev, wwid);
	KUNIT_EXPECT_TRUE(test, str_has_prefix(disk, "sd") > 0);
	KUNIT_EXPECT_TRUE(test, str_has_prefix(wwid, "naa.") > 0);
	scl_removal_tmo(sdev, 100);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal.done, HZ), 0UL);
	scnprintf(text, sizeof(text), "%s\n", disk);
	expect_file(test, sdev, "disk", text);
	scnprintf(text, sizeof(text), "%s\n", wwid);
	expect_file(test, sdev, "wwid", text);
	expect_all_as_in_debugfs(test, sdev);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);

	scl_sdev_disk(sdev, text);
	KUNIT_EXPECT_STREQ(test, text, "");
	idx = srcu_read_lock(&scl_srcu);
	scl_status_names(device, sdev, &names);
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_EXPECT_STREQ(test, names.disk, disk);
	KUNIT_EXPECT_STREQ(test, names.wwid, wwid);
	put_device(&device->dev);
	scl_disk_put(sdev);
}

/* While its node stays. */
static void a_device_that_is_removed_has_no_state(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	char path[PATH], text[TEXT];

	scnprintf(path, sizeof(path), "/sys/class/scsi_lifecycle/%s/state",
		  dev_name(&sdev->sdev_gendev));
	WRITE_ONCE(device->sdev, NULL);
	KUNIT_EXPECT_EQ(test, scl_file_text(path, text, sizeof(text)), (ssize_t)-ENODEV);
	WRITE_ONCE(device->sdev, sdev);
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void the_class_has_the_counters_of_debugfs(struct kunit *test)
{
	char file[SCL_COUNTS_TEXT], shown[SCL_COUNTS_TEXT];

	KUNIT_EXPECT_GT(test,
			scl_file_text("/sys/class/scsi_lifecycle/counters", file, sizeof(file)),
			(ssize_t)0);
	scl_shown(test, "counters", shown, sizeof(shown));
	KUNIT_EXPECT_STREQ(test, file, shown);
	KUNIT_EXPECT_NOT_NULL(test, strstr(file, "\nrescued "));
}

static void expect_mode(struct kunit *test, const char *path, int flags, umode_t mode)
{
	struct file *file = filp_open(path, flags, 0);

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "%s: %ld", path, PTR_ERR(file));
	KUNIT_EXPECT_EQ_MSG(test, file_inode(file)->i_mode & 07777, mode, "%s", path);
	scl_file_close(file);
}

static void root_alone_rescues_and_reads_what_takes_a_mutex(struct kunit *test)
{
	static const char *const all[] = { "number",	"holds",   "disk",
					   "wwid",	"state",   "blocked",
					   "since",	"deadline", "waits_for" };
	struct scsi_device *sdev = scl_kunit_disk(test);
	char path[PATH];
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		scnprintf(path, sizeof(path), "/sys/class/scsi_lifecycle/%s/%s",
			  dev_name(&sdev->sdev_gendev), all[i]);
		/* The others take the mutex that a removal needs. */
		expect_mode(test, path, O_RDONLY, i < 4 ? 0444 : 0400);
	}
	expect_mode(test, "/sys/class/scsi_lifecycle/counters", O_RDONLY, 0444);
	expect_mode(test, "/sys/class/scsi_lifecycle/removed", O_RDONLY, 0444);
	expect_mode(test, "/sys/class/scsi_lifecycle/rescue", O_WRONLY, 0200);
	scl_disk_put(sdev);
}

/* What a udev rule would find when the node's first event is sent. */
static struct {
	struct scsi_device *sdev;
	bool state, tmo;
} first;

static bool has_file(struct device *dev, const char *name)
{
	struct kernfs_node *file = kernfs_find_and_get(dev->kobj.sd, name);

	kernfs_put(file);
	return file;
}

/* Under scan_mutex and the class's: no file is read here. */
static int look(struct device *dev, struct kobj_uevent_env *env)
{
	if (first.sdev && !strcmp(env->envp[0], "ACTION=add")) {
		first.state = has_file(dev, "state") && has_file(dev, "teardown_tmo");
		first.tmo = has_file(&first.sdev->sdev_gendev, "teardown_tmo");
	}
	return 0;
}

static const struct device_type looked_at = { .uevent = look };

/* After the guard's own notifier, and before the class is told. */
static int look_at_node(struct notifier_block *nb, unsigned long action, void *dev)
{
	struct scl_device *device;

	if (action != BUS_NOTIFY_ADD_DEVICE || !scsi_is_sdev_device(dev))
		return NOTIFY_DONE;
	first.sdev = to_scsi_device(dev);
	device = scl_in_section(scl_device_find(first.sdev));
	if (device)
		device->dev.type = &looked_at;
	return NOTIFY_DONE;
}

static void the_files_are_there_before_the_nodes_first_event(struct kunit *test)
{
	struct notifier_block after = { .notifier_call = look_at_node, .priority = -1 };
	struct scsi_device *disk = scl_kunit_disk(test), *sdev;
	struct bus_type *bus = disk->sdev_gendev.bus;
	struct scl_device *device;

	KUNIT_ASSERT_EQ(test, bus_register_notifier(bus, &after), 0);
	sdev = scl_disk_get_other();
	bus_unregister_notifier(bus, &after);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sdev));
	KUNIT_EXPECT_PTR_EQ(test, first.sdev, sdev);
	KUNIT_EXPECT_TRUE(test, first.state);
	KUNIT_EXPECT_TRUE(test, first.tmo);
	first.sdev = NULL;
	device = scl_kunit_device(test, sdev);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	put_device(&device->dev);
	scl_disk_put(sdev);
	scl_disk_put(disk);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_files_are_there_before_the_nodes_first_event),
	KUNIT_CASE(a_device_in_use_is_shown_as_in_debugfs),
	KUNIT_CASE(a_removal_that_waits_is_shown_with_its_time),
	KUNIT_CASE(a_removal_that_waits_is_shown_with_the_names_it_had),
	KUNIT_CASE(a_device_that_is_removed_has_no_state),
	KUNIT_CASE(the_class_has_the_counters_of_debugfs),
	KUNIT_CASE(root_alone_rescues_and_reads_what_takes_a_mutex),
	{}
};

struct kunit_suite scl_status_suite = {
	.name = "scsi_lifecycle_status",
	.test_cases = cases,
};
