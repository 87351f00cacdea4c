// SPDX-License-Identifier: GPL-2.0
//
// What is reported of a removal that is complete: in the list of the last ones, and by the uevent
// of the host.
#include <kunit/test.h>
#include <scsi/scsi_host.h>

#include "ear.h"
#include "file.h"
#include "kunit_device.h"
#include "kunit_disk.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

#define LINE 512

static char text[PAGE_SIZE + 1];

static void read_list(struct kunit *test)
{
	ssize_t length = scl_file_text("/sys/class/scsi_lifecycle/removed", text, sizeof(text));

	KUNIT_EXPECT_GE(test, length, (ssize_t)0);
}

/* The last line, without its newline. */
static const char *last_line(struct kunit *test)
{
	size_t length;
	char *end;

	read_list(test);
	length = strlen(text);
	KUNIT_EXPECT_GT(test, length, (size_t)0);
	if (length)
		text[length - 1] = '\0';
	end = strrchr(text, '\n');
	return end ? end + 1 : text;
}

static void expect_last(struct kunit *test, const char *begin, const char *end)
{
	const char *line = last_line(test), *at = strstr(line, end);
	scl_ms took, ago;

	KUNIT_EXPECT_TRUE_MSG(test, str_has_prefix(line, begin) > 0, "not \"%s\": %s", begin, line);
	KUNIT_EXPECT_NOT_NULL_MSG(test, at, "not \"%s\": %s", end, line);
	if (!at || !str_has_prefix(line, begin))
		return;
	KUNIT_EXPECT_TRUE_MSG(test, sscanf(line + strlen(begin), "%llu ", &took) == 1, "%s", line);
	KUNIT_EXPECT_TRUE_MSG(test, sscanf(at + strlen(end), "%llu", &ago) == 1, "%s", line);
	KUNIT_EXPECT_LT(test, ago, 20000ULL);
}

static void remove_and_wait(struct kunit *test, struct scsi_device *sdev, struct scl_device *device)
{
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	put_device(&device->dev);
	scl_disk_put(sdev);
}

static void names_of(struct scsi_device *sdev, struct scl_device *device, char *line, size_t size,
		     const char *format)
{
	char disk[DISK_NAME_LEN], wwid[SCL_WWID];

	scl_sdev_disk(sdev, disk);
	scl_sdev_wwid(sdev, wwid);
	scnprintf(line, size, format, device->number, dev_name(&sdev->sdev_gendev),
		  *disk ? disk : "-", *wwid ? wwid : "-");
}

static void a_removal_that_is_complete_is_listed_with_its_names_and_result(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	char begin[LINE];

	names_of(sdev, device, begin, sizeof(begin),
		 "number=%u device=%s disk=%s wwid=%s took_ms=");
	KUNIT_EXPECT_NOT_NULL(test, strstr(begin, " disk=sd"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(begin, " wwid=naa."));
	remove_and_wait(test, sdev, device);
	expect_last(test, begin, " flush=completed ago_ms=");
}

static void a_device_without_a_driver_has_no_disk(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	char begin[LINE];

	scnprintf(begin, sizeof(begin), "number=%u device=%s disk=- wwid=", device->number,
		  dev_name(&sdev->sdev_gendev));
	remove_and_wait(test, sdev, device);
	KUNIT_EXPECT_TRUE(test, str_has_prefix(last_line(test), begin) > 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(last_line(test), " flush=none ago_ms="));
}

static void the_time_that_a_removal_took_is_from_its_begin_to_its_end(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	struct scl_removal removal;
	const char *at;
	scl_ms took = 0;

	scl_removal_tmo(sdev, 1);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	at = strstr(last_line(test), " took_ms=");
	KUNIT_EXPECT_NOT_NULL(test, at);
	if (at)
		KUNIT_EXPECT_TRUE(test, sscanf(at, " took_ms=%llu flush=killed", &took) == 1);
	KUNIT_EXPECT_GE(test, took, 1000ULL);
	KUNIT_EXPECT_LE(test, took, removal.ended - removal.began);
	put_device(&device->dev);
	scl_disk_put(sdev);
}

static void what_was_not_seen_to_begin_has_taken_no_known_time(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	int idx = srcu_read_lock(&scl_srcu);

	scl_device_end(device, SCL_STAGE_EVENT_REMOVED);
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	KUNIT_EXPECT_NOT_NULL(test, strstr(last_line(test),
					   " disk=- wwid=- took_ms=- flush=unknown ago_ms="));
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_device_that_is_forgotten_is_not_listed(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	unsigned long before = scl_removed_count();

	scl_forget(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	KUNIT_EXPECT_EQ(test, scl_removed_count(), before);
	put_device(&device->dev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static unsigned int lines(void)
{
	unsigned int count = 0;
	const char *at;

	for (at = text; *at; at++)
		count += *at == '\n';
	return count;
}

static void the_list_has_the_last_removals_that_fit_a_page_the_oldest_first(struct kunit *test)
{
	scl_ms ago, before = SCL_NEVER;
	unsigned int i, first;
	char line[64];
	const char *at;

	for (i = 0; i < 70; i++) {
		struct scsi_device *sdev = scl_kunit_other(test);
		struct scl_device *device = scl_kunit_device(test, sdev);

		scnprintf(line, sizeof(line), "number=%u device=%s ", device->number,
			  dev_name(&sdev->sdev_gendev));
		remove_and_wait(test, sdev, device);
	}
	KUNIT_EXPECT_TRUE(test, str_has_prefix(last_line(test), line) > 0);
	read_list(test);
	first = lines();
	KUNIT_EXPECT_LT(test, strlen(text), PAGE_SIZE);
	/* One more would not have fitted. */
	KUNIT_EXPECT_GT(test, strlen(text) + 2 * strlen(text) / first, PAGE_SIZE - 64);
	KUNIT_EXPECT_LE(test, first, 64U);
	for (at = text; (at = strstr(at, " ago_ms=")); at++) {
		KUNIT_EXPECT_TRUE(test, sscanf(at, " ago_ms=%llu", &ago) == 1);
		KUNIT_EXPECT_LE(test, ago, before);
		before = ago;
	}
}

static void the_uevent_of_the_host_has_the_same(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_device *device = scl_ear_hear(test, sdev);
	char begin[LINE], disk[DISK_NAME_LEN], wwid[SCL_WWID];

	scl_sdev_disk(sdev, disk);
	scl_sdev_wwid(sdev, wwid);
	scnprintf(begin, sizeof(begin),
		  "host REMOVED=%s FLUSH=completed NUMBER=%u DISK=%s WWID=%s TOOK_MS=",
		  dev_name(&sdev->sdev_gendev), device->number, disk, wwid);
	remove_and_wait(test, sdev, device);
	KUNIT_EXPECT_TRUE(test, scl_heard(begin));
	KUNIT_EXPECT_FALSE(test, scl_heard("TOOK_MS=-"));
	scl_ear_end();
}

/* VPD page 0x83 with one designator, a T10 vendor's name of this text. */
static void expect_wwid(struct kunit *test, struct scsi_device *sdev, const char *name,
			size_t length, const char *expected)
{
	struct scsi_vpd *page = kunit_kzalloc(test, sizeof(*page) + 8 + length, GFP_KERNEL);
	struct scsi_vpd *was = rcu_access_pointer(sdev->vpd_pg83);
	char wwid[SCL_WWID];

	KUNIT_ASSERT_NOT_NULL(test, page);
	page->len = 8 + length;
	page->data[1] = 0x83;
	page->data[4] = 2;
	page->data[5] = 1;
	page->data[7] = length;
	memcpy(page->data + 8, name, length);
	rcu_assign_pointer(sdev->vpd_pg83, page);
	scl_sdev_wwid(sdev, wwid);
	rcu_assign_pointer(sdev->vpd_pg83, was);
	KUNIT_EXPECT_STREQ(test, wwid, expected);
	synchronize_rcu();
}

static void a_name_is_one_word(struct kunit *test)
{
	static char spaces[255], longest[SCL_WWID];
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scsi_vpd *was = rcu_access_pointer(sdev->vpd_pg83);
	char wwid[SCL_WWID] = "before";

	memset(spaces, ' ', sizeof(spaces));
	memset(longest, '_', sizeof(longest) - 1);
	memcpy(longest, "t10.", 4);
	expect_wwid(test, sdev, "ACME disk 1", 11, "t10.ACME_disk_1");
	expect_wwid(test, sdev, "two\nlines", 9, "t10.two\\nlines");
	expect_wwid(test, sdev, "caf\xe9", 4, "t10.caf_");
	expect_wwid(test, sdev, spaces, sizeof(spaces), longest);
	rcu_assign_pointer(sdev->vpd_pg83, NULL);
	scl_sdev_wwid(sdev, wwid);
	rcu_assign_pointer(sdev->vpd_pg83, was);
	KUNIT_EXPECT_STREQ(test, wwid, "");
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_removal_that_is_complete_is_listed_with_its_names_and_result),
	KUNIT_CASE(a_device_without_a_driver_has_no_disk),
	KUNIT_CASE(the_time_that_a_removal_took_is_from_its_begin_to_its_end),
	KUNIT_CASE(what_was_not_seen_to_begin_has_taken_no_known_time),
	KUNIT_CASE(a_device_that_is_forgotten_is_not_listed),
	KUNIT_CASE(the_list_has_the_last_removals_that_fit_a_page_the_oldest_first),
	KUNIT_CASE(the_uevent_of_the_host_has_the_same),
	KUNIT_CASE(a_name_is_one_word),
	{}
};

struct kunit_suite scl_removed_suite = {
	.name = "scsi_lifecycle_removed",
	.test_cases = cases,
};
