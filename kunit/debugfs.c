// SPDX-License-Identifier: GPL-2.0
//
// What the files of debugfs show, and what rescue accepts. Each number of a line has a value of its
// own here.
#include <kunit/test.h>
#include <linux/string.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "listener.h"
#include "removal.h"
#include "rooms.h"
#include "shown.h"
#include "suites.h"

#define LINE 512

static void expect_begin(struct kunit *test, const char *line, const char *begin)
{
	KUNIT_EXPECT_TRUE_MSG(test, str_has_prefix(line, begin) > 0, "not \"%s\": %s", begin, line);
}

static void expect_end(struct kunit *test, const char *line, const char *end)
{
	size_t length = strlen(line), wanted = strlen(end);

	KUNIT_EXPECT_TRUE_MSG(test, length > wanted && !strcmp(line + length - wanted, end),
			      "not \"%s\": %s", end, line);
}

static scl_ms number_in(struct kunit *test, const char *line, const char *name)
{
	const char *at = strstr(line, name);
	scl_ms value = SCL_NEVER;

	KUNIT_EXPECT_TRUE_MSG(test, at && sscanf(at + strlen(name), "%llu", &value) == 1,
			      "no %s: %s", name, line);
	return value;
}

/* The device's line, while it is at another address. */
static void elsewhere(struct kunit *test, struct scsi_device *sdev, char *line)
{
	unsigned int channel = sdev->channel, id = sdev->id;
	char address[48];

	sdev->channel = 2;
	sdev->id = 3;
	scnprintf(address, sizeof(address), "%u:2:3:%llu ", sdev->host->host_no, sdev->lun);
	scl_shown_line(test, "devices", address, line, LINE);
	expect_begin(test, line, address);
	sdev->channel = channel;
	sdev->id = id;
}

static void a_device_is_shown_with_its_state_and_its_users(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *holder = scl_kunit_file(test, sdev, 0),
		    *reader = scl_kunit_file(test, sdev, 0);
	char line[LINE], end[LINE], wwid[SCL_WWID];

	scl_sdev_wwid(sdev, wwid);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(holder, SCSI_LIFECYCLE_IOC_HOLD), 0L);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	elsewhere(test, sdev, line);
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, " state=running blocked=no since="));
	scnprintf(end, sizeof(end), " references=3 openers=2 disk=- wwid=%s gone=no\n", wwid);
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, " deadline=- holds=1 waits_for=- "));
	expect_end(test, line, end);
	scsi_lifecycle_put(sdev);
	scsi_lifecycle_put(sdev);
	scsi_lifecycle_put(sdev);
	scl_file_close(holder);
	scl_file_close(reader);
	elsewhere(test, sdev, line);
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, " holds=0 waits_for=- references=0 openers=0 "));
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* No poll finds a device that stays: reading the file itself notes the state. */
static void a_state_is_shown_with_its_age(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_host *host = scl_in_section(scl_host_find(sdev->host));
	char line[LINE];
	scl_ms before;

	KUNIT_ASSERT_NOT_NULL(test, host);
	/* A poll may be left from an earlier removal. */
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!work_busy(&host->poll.work)));
	before = scl_now();
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	elsewhere(test, sdev, line);
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, " state=running blocked=yes since="));
	KUNIT_EXPECT_LE(test, number_in(test, line, " since="), scl_now() - before);
	schedule_timeout_uninterruptible(3 * HZ / 2);
	elsewhere(test, sdev, line);
	KUNIT_EXPECT_GE(test, number_in(test, line, " since="), 1000ULL);
	KUNIT_EXPECT_LE(test, number_in(test, line, " since="), scl_now() - before);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* A file or a map that has it open keeps it in the list. */
static void a_device_whose_removal_is_complete_is_shown_to_be_gone(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	char line[LINE];
	scl_ms removed;

	scsi_remove_device(sdev);
	removed = scl_now();
	elsewhere(test, sdev, line);
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, " state=del blocked=no since="));
	expect_end(test, line, " gone=yes\n");
	KUNIT_EXPECT_GE(test, number_in(test, line, " since="), removed);
	KUNIT_EXPECT_LE(test, number_in(test, line, " since="), scl_now());
	scl_disk_put(sdev);
}

/* That removal may be its own: the kernel does not show whose it is. */
static void no_device_is_shown_to_be_gone_while_a_removal_of_its_host_runs(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test), *disk = scl_kunit_disk(test);
	struct scl_removal removal;
	char line[LINE];

	KUNIT_ASSERT_PTR_EQ(test, sdev->host, disk->host);
	scsi_remove_device(sdev);
	scl_removal_tmo(disk, 100);
	scl_removal_will_wait(test, disk);
	scl_removal_begin(test, &removal, disk);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(disk->sdev_state) == SDEV_CANCEL));
	elsewhere(test, sdev, line);
	expect_end(test, line, " gone=no\n");
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(disk, SDEV_RUNNING), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	elsewhere(test, sdev, line);
	expect_end(test, line, " gone=yes\n");
	scl_removal_tmo(disk, SCL_TMO_DEFAULT);
	scl_disk_put(disk);
	scl_disk_put(sdev);
}

static void a_removal_that_waits_is_shown_with_its_time(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_removal removal;
	char line[LINE];

	scl_removal_tmo(sdev, 100);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_CANCEL));
	elsewhere(test, sdev, line);
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, " state=cancel blocked=yes since="));
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, " waits_for=path "));
	KUNIT_EXPECT_LE(test, number_in(test, line, " deadline="), 100000ULL);
	KUNIT_EXPECT_GE(test, number_in(test, line, " deadline="), 60000ULL);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	scl_disk_put(sdev);
}

static void a_node_is_shown_with_its_files_and_holds(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	struct file *holder = scl_kunit_file(test, sdev, 0),
		    *reader = scl_kunit_file(test, sdev, 0);
	struct scl_listener *listeners[3];
	struct { unsigned int host_no, channel, id; } was;
	char line[LINE], expected[LINE], key[48];
	int i;

	KUNIT_EXPECT_EQ(test, scl_file_ioctl(holder, SCSI_LIFECYCLE_IOC_HOLD), 0L);
	for (i = 0; i < ARRAY_SIZE(listeners); i++) {
		listeners[i] = scl_listener(test, NULL);
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_attach(sdev, &listeners[i]->consumer), 0);
	}
	was.host_no = device->host_no;
	was.channel = device->channel;
	was.id = device->id;
	device->host_no = 4;
	device->channel = 5;
	device->id = 6;
	scnprintf(key, sizeof(key), " 4:5:6:%llu ", device->lun);
	scnprintf(expected, sizeof(expected), "%u 4:5:6:%llu gone=no files=2 holds=1 consumers=3\n",
		  device->number, device->lun);
	scl_shown_line(test, "nodes", key, line, sizeof(line));
	KUNIT_EXPECT_STREQ(test, line, expected);
	device->host_no = was.host_no;
	device->channel = was.channel;
	device->id = was.id;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listeners[0]->consumer), 0);

	scnprintf(key, sizeof(key), " %s ", dev_name(&sdev->sdev_gendev));
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	scl_file_close(holder);
	scnprintf(expected, sizeof(expected), "%u%sgone=yes files=1 holds=0 consumers=2\n",
		  device->number, key);
	scl_shown_line(test, "nodes", key, line, sizeof(line));
	KUNIT_EXPECT_STREQ(test, line, expected);
	for (i = 1; i < ARRAY_SIZE(listeners); i++)
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listeners[i]->consumer), 0);
	scl_file_close(reader);
	put_device(&device->dev);
	scl_disk_put(sdev);
}

static void the_counters_are_shown_by_name(struct kunit *test)
{
	char text[LINE], expected[LINE];

	scnprintf(expected, sizeof(expected),
		  "removals %ld\nflushes_completed %ld\nflushes_failed %ld\nflushes_killed %ld\nflushes_none %ld\n"
		  "flushes_unknown %ld\ncommands_killed %ld\nrescued %ld\n",
		  scl_counted(SCL_COUNT_REMOVALS), scl_counted(SCL_COUNT_FLUSHES_COMPLETED),
		  scl_counted(SCL_COUNT_FLUSHES_FAILED), scl_counted(SCL_COUNT_FLUSHES_KILLED),
		  scl_counted(SCL_COUNT_FLUSHES_NONE), scl_counted(SCL_COUNT_FLUSHES_UNKNOWN),
		  scl_counted(SCL_COUNT_COMMANDS_KILLED), scl_counted(SCL_COUNT_RESCUED));
	scl_shown(test, "counters", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, expected);
}

static void rescue_takes_a_one_and_polls(struct kunit *test)
{
	static const struct {
		const char *text;
		size_t size;
	} bad[] = {
		{ "", 0 },     { "\n", 1 },  { "0", 1 },     { "2\n", 2 },     { "11", 2 },
		{ "1\nx", 3 }, { "yes", 3 }, { "yes\n", 4 }, { "1\n\0\0", 4 },
	};
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct Scsi_Host *shost = scsi_host_get(sdev->host);
	struct file *file = scl_shown_open(test, "rescue", O_WRONLY);
	int i;

	scsi_remove_device(sdev);
	scl_disk_put(sdev);
	KUNIT_ASSERT_NOT_NULL(test, shost);
	scl_host_forget(shost);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, scl_shown_write(test, file, bad[i].text, bad[i].size),
				    (ssize_t)-EINVAL, "%d", i);
	KUNIT_EXPECT_EQ(test, scl_shown_write(test, file, NULL, 1), (ssize_t)-EFAULT);
	KUNIT_EXPECT_FALSE(test, scl_is_remembered(shost));
	KUNIT_EXPECT_EQ(test, scl_shown_write(test, file, "1", 1), (ssize_t)1);
	KUNIT_EXPECT_TRUE(test, scl_is_remembered(shost));
	KUNIT_EXPECT_EQ(test, scl_shown_write(test, file, "1\n", 2), (ssize_t)2);
	scl_file_close(file);
	scsi_host_put(shost);
}

static void all_may_read_and_root_may_rescue(struct kunit *test)
{
	static const struct {
		const char *name;
		int flags;
		umode_t mode;
	} all[] = {
		{ "devices", O_RDONLY, 0444 },
		{ "nodes", O_RDONLY, 0444 },
		{ "counters", O_RDONLY, 0444 },
		{ "rescue", O_WRONLY, 0200 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		struct file *file = scl_shown_open(test, all[i].name, all[i].flags);

		KUNIT_EXPECT_EQ_MSG(test, file_inode(file)->i_mode & 07777, all[i].mode, "%s",
				    all[i].name);
		scl_file_close(file);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_device_is_shown_with_its_state_and_its_users),
	KUNIT_CASE(a_state_is_shown_with_its_age),
	KUNIT_CASE(a_device_whose_removal_is_complete_is_shown_to_be_gone),
	KUNIT_CASE(no_device_is_shown_to_be_gone_while_a_removal_of_its_host_runs),
	KUNIT_CASE(a_removal_that_waits_is_shown_with_its_time),
	KUNIT_CASE(a_node_is_shown_with_its_files_and_holds),
	KUNIT_CASE(the_counters_are_shown_by_name),
	KUNIT_CASE(rescue_takes_a_one_and_polls),
	KUNIT_CASE(all_may_read_and_root_may_rescue),
	{}
};

struct kunit_suite scl_debugfs_suite = {
	.name = "scsi_lifecycle_debugfs",
	.test_cases = cases,
};
