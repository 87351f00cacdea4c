// SPDX-License-Identifier: GPL-2.0
//
// What is remembered of a device, how long it is there, and how a timeout is read and shown.
#include <kunit/test.h>
#include <scsi/scsi_host.h>

#include "../drivers/guard/guard.h"
#include "../drivers/guard/policy.h"
#include "../drivers/guard/record.h"
#include "kunit_disk.h"
#include "kunit_life.h"
#include "suites.h"

/* Any address will do: a record is found by it and never looks behind it, but for the host's number. */
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

static void a_record_is_found_until_it_is_forgotten(struct kunit *test)
{
	struct scsi_device *sdev = an_address(test);
	struct scl_record *rec;
	int idx = srcu_read_lock(&scl_srcu);

	KUNIT_EXPECT_NULL(test, scl_record_find(sdev));
	rec = scl_record_create(sdev);
	KUNIT_EXPECT_NOT_NULL(test, rec);
	KUNIT_EXPECT_PTR_EQ(test, scl_record_find(sdev), rec);
	scl_record_forget(sdev);
	KUNIT_EXPECT_NULL(test, scl_record_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
}

static void a_forgotten_record_outlives_its_readers(struct kunit *test)
{
	struct scsi_device *sdev = an_address(test);
	struct scl_record *rec;
	int idx = srcu_read_lock(&scl_srcu);

	rec = scl_record_create(sdev);
	scl_assert_in_section(test, idx, rec);
	rec->adopted = true;
	scl_record_forget(sdev);
	/* KASAN would see it. */
	schedule_timeout_uninterruptible(HZ / 5);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(rec->adopted));
	srcu_read_unlock(&scl_srcu, idx);
}

static void a_new_device_at_an_old_address_starts_anew(struct kunit *test)
{
	struct scsi_device *sdev = an_address(test);
	struct scl_record *old, *new;
	int idx = srcu_read_lock(&scl_srcu);

	old = scl_record_create(sdev);
	scl_assert_in_section(test, idx, old);
	old->killed = true;
	old->watch.condemned = true;
	new = scl_record_create(sdev);
	scl_assert_in_section(test, idx, new);
	KUNIT_EXPECT_PTR_NE(test, old, new);
	KUNIT_EXPECT_FALSE(test, new->killed);
	KUNIT_EXPECT_FALSE(test, new->watch.condemned);
	KUNIT_EXPECT_EQ(test, new->teardown_tmo, SCL_TMO_DEFAULT);
	scl_record_forget(sdev);
	srcu_read_unlock(&scl_srcu, idx);
}

static void forgetting_twice_is_harmless(struct kunit *test)
{
	struct scsi_device *sdev = an_address(test);
	int idx = srcu_read_lock(&scl_srcu);

	KUNIT_EXPECT_NOT_NULL(test, scl_record_create(sdev));
	scl_record_forget(sdev);
	scl_record_forget(sdev);
	KUNIT_EXPECT_NULL(test, scl_record_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
}

static void a_host_takes_its_records_with_it_and_no_others(struct kunit *test)
{
	struct scsi_device *mine = an_address(test), *other = an_address(test);
	int idx;

	other->host->host_no = 0xfffe;
	idx = srcu_read_lock(&scl_srcu);
	KUNIT_EXPECT_NOT_NULL(test, scl_record_create(mine));
	KUNIT_EXPECT_NOT_NULL(test, scl_record_create(other));
	srcu_read_unlock(&scl_srcu, idx);
	scl_records_forget_host(0xffff);
	KUNIT_EXPECT_NULL(test, scl_record_find(mine));
	KUNIT_EXPECT_NOT_NULL(test, scl_record_find(other));
	scl_record_forget(other);
}

/* That of the disk too, so it is not for the tests that follow. */
static void no_record_stays_when_the_module_goes(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test), *first = an_address(test), *second = an_address(test);
	int idx;

	first->host->host_no = 1;
	idx = srcu_read_lock(&scl_srcu);
	KUNIT_EXPECT_NOT_NULL(test, scl_record_create(first));
	KUNIT_EXPECT_NOT_NULL(test, scl_record_create(second));
	srcu_read_unlock(&scl_srcu, idx);
	scl_records_forget_all();
	idx = srcu_read_lock(&scl_srcu);
	KUNIT_EXPECT_NULL(test, scl_record_find(first));
	KUNIT_EXPECT_NULL(test, scl_record_find(second));
	KUNIT_EXPECT_NULL(test, scl_record_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_removed_device_leaves_no_record(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	int idx = srcu_read_lock(&scl_srcu);

	KUNIT_EXPECT_NOT_NULL(test, scl_record_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
	scsi_remove_device(sdev);
	idx = srcu_read_lock(&scl_srcu);
	KUNIT_EXPECT_NULL(test, scl_record_find(sdev));
	srcu_read_unlock(&scl_srcu, idx);
	scl_disk_put(sdev);
}

static void timeouts_are_read_as_written_and_nothing_else_is(struct kunit *test)
{
	static const char *const bad[] = { "", "-1", "+1", "1s", "0x10", "on", "offf", " 1", "1 2",
					   "4294967294", "4294967296", "99999999999999999999", "1.5" };
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

static struct kunit_case cases[] = {
	KUNIT_CASE(a_record_is_found_until_it_is_forgotten),
	KUNIT_CASE(a_forgotten_record_outlives_its_readers),
	KUNIT_CASE(a_new_device_at_an_old_address_starts_anew),
	KUNIT_CASE(forgetting_twice_is_harmless),
	KUNIT_CASE(a_host_takes_its_records_with_it_and_no_others),
	KUNIT_CASE(no_record_stays_when_the_module_goes),
	KUNIT_CASE(a_removed_device_leaves_no_record),
	KUNIT_CASE(timeouts_are_read_as_written_and_nothing_else_is),
	{}
};

struct kunit_suite scl_record_suite = {
	.name = "scsi_lifecycle_record",
	.test_cases = cases,
};
