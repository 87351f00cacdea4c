// SPDX-License-Identifier: GPL-2.0
//
// A file that holds its device: which file may, what the hold gives a removal, and when it ends.
#include <kunit/test.h>
#include <linux/completion.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

static long hold(struct file *file)
{
	return scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD);
}

static long release(struct file *file)
{
	return scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_RELEASE);
}

static long hold_without_privilege(struct kunit *test, struct file *file)
{
	return scl_file_ioctl_without_privilege(test, file, SCSI_LIFECYCLE_IOC_HOLD);
}

static void a_hold_is_refused_without_privilege_and_where_hold_max_is_0(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *file = scl_kunit_file(test, sdev, 0);

	KUNIT_EXPECT_EQ(test, hold_without_privilege(test, file), (long)-EPERM);
	scl_file_write_param(test, "hold_max", "0");
	KUNIT_EXPECT_EQ(test, hold(file), (long)-EACCES);
	KUNIT_EXPECT_EQ(test, hold_without_privilege(test, file), (long)-EPERM);
	scl_file_write_param(test, "hold_max", "30");
	KUNIT_EXPECT_FALSE(test, scl_is_held(sdev));
	KUNIT_EXPECT_EQ(test, hold(file), 0L);
	scl_file_close(file);
	scl_disk_put(sdev);
}

static void a_file_holds_once_and_releases_what_it_holds(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *file = scl_kunit_file(test, sdev, 0), *other = scl_kunit_file(test, sdev, 0);

	KUNIT_EXPECT_EQ(test, release(file), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, hold(file), 0L);
	KUNIT_EXPECT_EQ(test, hold(file), (long)-EBUSY);
	KUNIT_EXPECT_EQ(test, release(other), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, hold(other), 0L);
	KUNIT_EXPECT_EQ(test, release(file), 0L);
	KUNIT_EXPECT_TRUE(test, scl_is_held(sdev));
	KUNIT_EXPECT_EQ(test, release(file), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, release(other), 0L);
	KUNIT_EXPECT_FALSE(test, scl_is_held(sdev));
	KUNIT_EXPECT_EQ(test, hold(other), 0L);
	scl_file_close(other);
	KUNIT_EXPECT_FALSE(test, scl_is_held(sdev));
	scl_file_close(file);
	scl_disk_put(sdev);
}

static void a_removed_device_cannot_be_held(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *file = scl_kunit_file(test, sdev, 0), *holds = scl_kunit_file(test, sdev, 0);

	/* The device expired, and its removal is not complete yet. */
	scl_disk_set(sdev, (struct scl_stock){ SDEV_DEL, 0 });
	KUNIT_EXPECT_EQ(test, hold(file), (long)-ENODEV);
	KUNIT_EXPECT_FALSE(test, scl_is_held(sdev));
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });

	KUNIT_EXPECT_EQ(test, hold(holds), 0L);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_FALSE(test, scl_is_held(sdev));
	KUNIT_EXPECT_EQ(test, hold(file), (long)-ENODEV);
	KUNIT_EXPECT_EQ(test, hold(holds), (long)-ENODEV);
	KUNIT_EXPECT_EQ(test, release(file), (long)-ENODEV);
	KUNIT_EXPECT_EQ(test, release(holds), (long)-ENODEV);
	scl_file_close(holds);
	scl_file_close(file);
	scl_disk_put(sdev);
}

static struct file *begin_held_removal(struct kunit *test, struct scl_removal *removal,
				       const char *hold_max)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct file *file = scl_kunit_file(test, sdev, 0);

	scl_file_write_param(test, "hold_max", hold_max);
	scl_removal_tmo(sdev, 1);
	KUNIT_EXPECT_EQ(test, hold(file), 0L);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, removal, sdev);
	return file;
}

static void end_held_removal(struct kunit *test, struct scl_removal *removal)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal->done, 20 * HZ), 0UL);
	scl_removal_tmo(removal->sdev, SCL_TMO_DEFAULT);
	scl_file_write_param(test, "hold_max", "30");
	scl_disk_put(removal->sdev);
}

static void a_held_removal_ends_at_hold_max(struct kunit *test)
{
	long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);
	struct scsi_lifecycle_record record = {};
	struct scl_removal removal;
	struct file *file = begin_held_removal(test, &removal, "3");

	end_held_removal(test, &removal);
	KUNIT_EXPECT_GE(test, removal.ended - removal.began, 3000ULL);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1);
	KUNIT_ASSERT_TRUE(test, scl_file_comes_to_its_end(file));
	while (scl_file_read(file, &record, sizeof(record)) > 0)
		;
	KUNIT_EXPECT_EQ(test, record.type, (u8)SCSI_LIFECYCLE_REC_GONE);
	KUNIT_EXPECT_EQ(test, record.flush, (u8)SCSI_LIFECYCLE_FLUSH_KILLED);
	scl_file_close(file);
}

/* Its teardown_tmo is over, and the removal waits for the hold alone. */
static void expect_no_end(struct kunit *test, struct scl_removal *removal)
{
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal->done, 2 * HZ), 0UL);
	KUNIT_EXPECT_TRUE(test, scl_is_held(removal->sdev));
}

/* The next poll is late enough to tell an action at once from it. */
static scl_ms just_after_a_poll(struct kunit *test, struct scsi_device *sdev)
{
	struct scl_host *host = scl_in_section(scl_host_find(sdev->host));
	const unsigned long most = msecs_to_jiffies(SCL_POLL_MS * 3 / 4);

	KUNIT_ASSERT_NOT_NULL(test, host);
	KUNIT_EXPECT_TRUE(test,
			  scl_comes_true(delayed_work_pending(&host->poll) &&
					 time_after(host->poll.timer.expires, jiffies + most)));
	return scl_now();
}

/* @lets_go: returns what is still open. */
static void expect_end_at_once(struct kunit *test,
			       struct file *(*lets_go)(struct kunit *test, struct file *file))
{
	scl_ms shortest = SCL_NEVER, at;
	int i;

	/* Other load of the machine counts too: the best of some tries. */
	for (i = 0; i < 3 && shortest >= SCL_POLL_MS / 2; i++) {
		struct scl_removal removal;
		struct file *file = begin_held_removal(test, &removal, "30");

		expect_no_end(test, &removal);
		at = just_after_a_poll(test, removal.sdev);
		file = lets_go(test, file);
		end_held_removal(test, &removal);
		KUNIT_EXPECT_GE(test, removal.ended, at);
		shortest = min(shortest, removal.ended - at);
		if (file)
			scl_file_close(file);
	}
	KUNIT_EXPECT_LT(test, shortest, SCL_POLL_MS / 2);
}

static struct file *closes(struct kunit *test, struct file *file)
{
	scl_file_close(file);
	return NULL;
}

static void a_close_ends_an_expired_removal(struct kunit *test)
{
	expect_end_at_once(test, closes);
}

static struct file *releases(struct kunit *test, struct file *file)
{
	KUNIT_EXPECT_EQ(test, release(file), 0L);
	return file;
}

static void a_release_ends_an_expired_removal(struct kunit *test)
{
	expect_end_at_once(test, releases);
}

static void a_held_removal_flushes_when_the_path_comes_back(struct kunit *test)
{
	long completed = scl_counted(SCL_COUNT_FLUSHES_COMPLETED);
	struct scl_removal removal;
	struct file *file = begin_held_removal(test, &removal, "30");

	expect_no_end(test, &removal);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(removal.sdev, SDEV_RUNNING), 0);
	end_held_removal(test, &removal);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_COMPLETED), completed + 1);
	scl_file_close(file);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_hold_is_refused_without_privilege_and_where_hold_max_is_0),
	KUNIT_CASE(a_file_holds_once_and_releases_what_it_holds),
	KUNIT_CASE(a_removed_device_cannot_be_held),
	KUNIT_CASE(a_held_removal_ends_at_hold_max),
	KUNIT_CASE(a_close_ends_an_expired_removal),
	KUNIT_CASE(a_release_ends_an_expired_removal),
	KUNIT_CASE(a_held_removal_flushes_when_the_path_comes_back),
	{}
};

/* Also where an assertion ended the test. */
static void restore(struct kunit *test)
{
	struct scsi_device *sdev = scl_disk_get();

	if (!IS_ERR(sdev)) {
		scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
		scl_disk_put(sdev);
	}
	scl_file_write_param(test, "hold_max", "30");
}

struct kunit_suite scl_hold_suite = {
	.name = "scsi_lifecycle_hold",
	.exit = restore,
	.test_cases = cases,
};
