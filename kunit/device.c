// SPDX-License-Identifier: GPL-2.0
//
// The scl_device: how it is found and how long it is there; and how a timeout is parsed and shown.
#include <kunit/test.h>
#include <scsi/scsi_host.h>

#include "kunit_disk.h"
#include "failing.h"
#include "kunit_device.h"
#include "rooms.h"
#include "suites.h"

/* Any address will do: a device is found by it, and only the host's number is read behind it. */
static struct scsi_device *an_address(struct kunit *test)
{
	struct scsi_device *sdev = kunit_kzalloc(test, sizeof(*sdev), GFP_KERNEL);
	struct Scsi_Host *shost = kunit_kzalloc(test, sizeof(*shost), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sdev);
	KUNIT_ASSERT_NOT_NULL(test, shost);
	shost->host_no = 0xffff;
	sdev->host = shost;
	return sdev;
}

static void a_device_is_found_until_it_is_forgotten(struct kunit *test)
{
	struct scsi_device *sdev = an_address(test);
	struct scl_device *device;
	int idx = srcu_read_lock(&scl_srcu);

	KUNIT_EXPECT_NULL(test, scl_device_find(sdev));
	device = scl_create(sdev);
	KUNIT_EXPECT_NOT_NULL(test, device);
	KUNIT_EXPECT_PTR_EQ(test, scl_device_find(sdev), device);
	scl_forget(sdev);
	KUNIT_EXPECT_NULL(test, scl_device_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
}

static void a_forgotten_device_outlives_its_readers(struct kunit *test)
{
	struct scsi_device *sdev = an_address(test);
	struct scl_device *device;
	int idx = srcu_read_lock(&scl_srcu);

	device = scl_create(sdev);
	scl_assert_in_section(test, idx, device);
	device->account.adopted = true;
	scl_forget(sdev);
	/* KASAN would see it. */
	schedule_timeout_uninterruptible(HZ / 5);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(device->account.adopted));
	srcu_read_unlock(&scl_srcu, idx);
}

static void forgetting_twice_is_harmless(struct kunit *test)
{
	struct scsi_device *sdev = an_address(test);
	int idx = srcu_read_lock(&scl_srcu);

	KUNIT_EXPECT_NOT_NULL(test, scl_create(sdev));
	scl_forget(sdev);
	scl_forget(sdev);
	KUNIT_EXPECT_NULL(test, scl_device_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
}

static void a_host_takes_its_devices_with_it_and_no_others(struct kunit *test)
{
	struct scsi_device *mine = an_address(test), *other = an_address(test);
	int idx;

	other->host->host_no = 0xfffe;
	idx = srcu_read_lock(&scl_srcu);
	KUNIT_EXPECT_NOT_NULL(test, scl_create(mine));
	KUNIT_EXPECT_NOT_NULL(test, scl_create(other));
	srcu_read_unlock(&scl_srcu, idx);
	scl_lifetimes_end(mine->host, SCL_STAGE_EVENT_FORGOTTEN);
	KUNIT_EXPECT_NULL(test, scl_device_find(mine));
	KUNIT_EXPECT_NOT_NULL(test, scl_device_find(other));
	scl_forget(other);
}

static void a_removed_device_is_not_remembered(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	int idx = srcu_read_lock(&scl_srcu);

	KUNIT_EXPECT_NOT_NULL(test, scl_device_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
	scsi_remove_device(sdev);
	idx = srcu_read_lock(&scl_srcu);
	KUNIT_EXPECT_NULL(test, scl_device_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
	scl_disk_put(sdev);
}

static void timeouts_are_read_as_written_and_nothing_else_is(struct kunit *test)
{
	static const char *const bad[] = { "",		 "-1",	       "+1",
					   "1s",	 "0x10",       "on",
					   "offf",	 " 1",	       "1 2",
					   "4294967294", "4294967296", "99999999999999999999",
					   "1.5" };
	unsigned int tmo = 42;
	char buf[32];
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ_MSG(test, scl_tmo_parse(bad[i], &tmo), -EINVAL, "\"%s\"", bad[i]);
		KUNIT_EXPECT_EQ(test, tmo, 42U);
	}
	KUNIT_EXPECT_EQ(test, scl_tmo_parse("0\n", &tmo), 0);
	KUNIT_EXPECT_EQ(test, tmo, 0U);
	KUNIT_EXPECT_EQ(test, scl_tmo_parse("4294967293", &tmo), 0);
	KUNIT_EXPECT_EQ(test, tmo, 4294967293U);
	scl_tmo_format(buf, sizeof(buf), tmo);
	KUNIT_EXPECT_STREQ(test, buf, "4294967293\n");
	KUNIT_EXPECT_EQ(test, scl_tmo_parse("off\n", &tmo), 0);
	KUNIT_EXPECT_EQ(test, tmo, SCL_TMO_OFF);
	scl_tmo_format(buf, sizeof(buf), tmo);
	KUNIT_EXPECT_STREQ(test, buf, "off\n");
}

/* The ring comes with the second record, or, without memory, with a later one. */
static void records_that_there_was_no_memory_for_are_counted_as_lost(struct kunit *test)
{
	static const struct scl_state states[] = {
		{ SCL_PHASE_RUNNING, false }, { SCL_PHASE_RUNNING, true },
		{ SCL_PHASE_OFFLINE, true },  { SCL_PHASE_RUNNING, false },
		{ SCL_PHASE_QUIESCE, false },
	};
	struct scsi_lifecycle_record record;
	struct scl_history history = {};
	u64 next = 0, early = 0;
	int i;

	scl_needs_faults(test);
	scl_history_init(&history);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		if (i == 1 || i == 2)
			scl_fail_nth(1);
		scl_history_write(&history, SCSI_LIFECYCLE_REC_TRANSITION, states[i], states[i], 0,
				  NULL);
		if (i == 1 || i == 2)
			KUNIT_EXPECT_TRUE(test, scl_has_failed());
		if (i == 2) {
			KUNIT_EXPECT_TRUE(test, scl_history_read(&history, &early, &record));
			KUNIT_EXPECT_EQ(test, record.lost, 2ULL);
		}
	}
	/* The third is the first record that is kept. */
	for (i = 2; i < ARRAY_SIZE(states); i++) {
		KUNIT_EXPECT_TRUE(test, scl_history_read(&history, &next, &record));
		KUNIT_EXPECT_EQ(test, record.lost, i == 2 ? 2ULL : 0ULL);
		KUNIT_EXPECT_EQ(test, next, i + 1ULL);
		KUNIT_EXPECT_EQ(test, record.to & ~SCSI_LIFECYCLE_STATE_BLOCKED,
				(int)states[i].phase);
	}
	KUNIT_EXPECT_FALSE(test, scl_history_read(&history, &next, &record));
	scl_history_free(&history);
}

/* It expired, because its host was being removed, say, and was added after all. */
static void a_device_that_leaves_its_scan_has_its_whole_time(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device;

	scl_forget(sdev);
	device = scl_begin_at(sdev, SCL_STAGE_SCANNED);
	KUNIT_ASSERT_NOT_NULL(test, device);
	device->progress.expired = true;
	device->account.failed = true;
	KUNIT_EXPECT_PTR_EQ(test, scl_in_begin(scl_device_add(sdev)), device);
	KUNIT_EXPECT_EQ(test, (int)device->stage, (int)SCL_STAGE_IN_USE);
	KUNIT_EXPECT_FALSE(test, device->progress.expired);
	KUNIT_EXPECT_FALSE(test, device->account.failed);
	/* Only then: one that is in use keeps what is remembered of it. */
	device->progress.expired = true;
	KUNIT_EXPECT_PTR_EQ(test, scl_in_begin(scl_device_add(sdev)), device);
	KUNIT_EXPECT_TRUE(test, device->progress.expired);
	device->progress.expired = false;
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* A reader that found it before may still poll its devices. */
static void no_device_begins_on_a_host_that_is_forgotten(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_host host = { .shost = sdev->host, .forgotten = true };

	scl_forget(sdev);
	KUNIT_EXPECT_NULL(test, scl_in_begin(scl_device_begin(&host, sdev, SCL_STAGE_IN_USE)));
	KUNIT_EXPECT_NULL(test, scl_in_begin((scl_device_begin_late(&host, sdev),
					      scl_device_find(sdev))));
	host.forgotten = false;
	KUNIT_EXPECT_NOT_NULL(test, scl_in_begin(scl_device_begin(&host, sdev, SCL_STAGE_IN_USE)));
	scl_forget(sdev);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* As where there was no memory for its host when the device began. */
static void a_device_gets_the_host_that_is_remembered_later(struct kunit *test)
{
	struct scsi_device *sdev = an_address(test);
	struct scl_host first = {}, second = {};
	struct scl_device *device = scl_in_section(scl_create(sdev));

	KUNIT_ASSERT_NOT_NULL(test, device);
	scl_in_begin(scl_device_begin(&first, sdev, SCL_STAGE_IN_USE));
	KUNIT_EXPECT_PTR_EQ(test, device->host, &first);
	scl_in_begin(scl_device_begin(&second, sdev, SCL_STAGE_IN_USE));
	KUNIT_EXPECT_PTR_EQ(test, device->host, &first);
	WRITE_ONCE(device->host, NULL);
	scl_forget(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_device_is_found_until_it_is_forgotten),
	KUNIT_CASE(a_forgotten_device_outlives_its_readers),
	KUNIT_CASE(forgetting_twice_is_harmless),
	KUNIT_CASE(a_host_takes_its_devices_with_it_and_no_others),
	KUNIT_CASE(a_removed_device_is_not_remembered),
	KUNIT_CASE(timeouts_are_read_as_written_and_nothing_else_is),
	KUNIT_CASE(records_that_there_was_no_memory_for_are_counted_as_lost),
	KUNIT_CASE(a_device_that_leaves_its_scan_has_its_whole_time),
	KUNIT_CASE(no_device_begins_on_a_host_that_is_forgotten),
	KUNIT_CASE(a_device_gets_the_host_that_is_remembered_later),
	{}
};

struct kunit_suite scl_device_suite = {
	.name = "scsi_lifecycle_device",
	.test_cases = cases,
};
