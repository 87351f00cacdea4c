// SPDX-License-Identifier: GPL-2.0
//
// The account of a removal's flush: who has one to lose, what is said to be lost when commands are failed, and what became of
// it in the end. What was seen of a flush is set by hand, between the begin of a removal and the end of its driver.
#include <kunit/test.h>
#include <linux/notifier.h>
#include <scsi/scsi_lifecycle.h>

#include "../drivers/guard/guard.h"
#include "../drivers/guard/policy.h"
#include "../drivers/guard/record.h"
#include "../drivers/guard/report.h"
#include "file.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_life.h"
#include "listener.h"
#include "removal.h"
#include "scsi_debug.h"
#include "suites.h"

struct fates {
	long before[SCL_COUNTS];
};

static struct fates fates(void)
{
	struct fates fates;
	int i;

	for (i = 0; i < SCL_COUNTS; i++)
		fates.before[i] = scl_counted(i);
	return fates;
}

/* Of all removals one more than before has this fate, and no other. */
static void expect_fate(struct kunit *test, const struct fates *fates, enum scl_count fate)
{
	int i;

	for (i = SCL_COUNT_FLUSHES_COMPLETED; i <= SCL_COUNT_FLUSHES_UNKNOWN; i++)
		KUNIT_EXPECT_EQ_MSG(test, scl_counted(i) - fates->before[i], (long)(i == fate), "fate %d", i);
}

/* What happens to a device whose removal the class has announced, before the driver is told to let go. */
struct middle {
	struct notifier_block nb;
	struct kunit *test;
	struct scsi_device *sdev;
	void (*happens)(struct kunit *test, struct scsi_device *sdev, struct scl_record *rec);
};

static int middle(struct notifier_block *nb, unsigned long action, void *dev)
{
	struct middle *middle = container_of(nb, struct middle, nb);
	struct scl_record *rec;
	int idx;

	if (action != BUS_NOTIFY_DEL_DEVICE || dev != &middle->sdev->sdev_gendev)
		return NOTIFY_DONE;
	idx = srcu_read_lock(&scl_srcu);
	rec = scl_record_find(middle->sdev);
	KUNIT_EXPECT_NOT_NULL(middle->test, rec);
	if (rec)
		middle->happens(middle->test, middle->sdev, rec);
	srcu_read_unlock(&scl_srcu, idx);
	return NOTIFY_DONE;
}

static void remove_meanwhile(struct kunit *test, struct scsi_device *sdev,
			     void (*happens)(struct kunit *test, struct scsi_device *sdev, struct scl_record *rec))
{
	struct middle it = { .nb.notifier_call = middle, .test = test, .sdev = sdev, .happens = happens };
	const struct bus_type *bus = sdev->sdev_gendev.bus;

	KUNIT_ASSERT_EQ(test, bus_register_notifier((void *)bus, &it.nb), 0);
	scsi_remove_device(sdev);
	bus_unregister_notifier((void *)bus, &it.nb);
	scl_disk_put(sdev);
}

static void give_up(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_TRANSPORT_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(sdev->sdev_state), SDEV_DEL);
}

static void block_and_give_up(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	give_up(test, sdev);
}

static void fails_and_is_given_up(struct kunit *test, struct scsi_device *sdev, struct scl_record *rec)
{
	rec->flush.ended = 1;
	block_and_give_up(test, sdev);
}

static void a_flush_that_failed_before_the_path_was_given_up_failed_by_itself(struct kunit *test)
{
	struct fates before = fates();

	remove_meanwhile(test, scl_kunit_other(test), fails_and_is_given_up);
	expect_fate(test, &before, SCL_COUNT_FLUSHES_FAILED);
}

static void is_given_up_twice(struct kunit *test, struct scsi_device *sdev, struct scl_record *rec)
{
	fails_and_is_given_up(test, sdev, rec);
	/* The try that this killed. */
	rec->flush.ended = 2;
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 1 });
	give_up(test, sdev);
}

static void the_first_of_two_cuts_decides_what_became_of_the_flush(struct kunit *test)
{
	struct fates before = fates();

	remove_meanwhile(test, scl_kunit_other(test), is_given_up_twice);
	expect_fate(test, &before, SCL_COUNT_FLUSHES_KILLED);
}

static void stops_and_is_given_up(struct kunit *test, struct scsi_device *sdev, struct scl_record *rec)
{
	rec->cached = true;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	rec->watch.flush = SCL_FLUSH_STOP;
	give_up(test, sdev);
}

static void a_disk_that_is_being_stopped_has_no_flush_left_to_send(struct kunit *test)
{
	struct fates before = fates();

	remove_meanwhile(test, scl_kunit_other(test), stops_and_is_given_up);
	expect_fate(test, &before, SCL_COUNT_FLUSHES_NONE);
}

/* What was seen of the flush of a disk with a cache when its time is up. */
static struct {
	bool watched;
	unsigned int tries;
	bool succeeded;
	bool is_said_lost;
	enum scl_count fate;
} const cuts[] = {
	{ true, 0, false, true, SCL_COUNT_FLUSHES_KILLED },
	{ true, 1, false, true, SCL_COUNT_FLUSHES_FAILED },
	{ true, 1, true, false, SCL_COUNT_FLUSHES_COMPLETED },
	{ false, 0, false, false, SCL_COUNT_FLUSHES_UNKNOWN },
	{ false, 1, false, true, SCL_COUNT_FLUSHES_FAILED },
}, *cut;

static void is_cut_off(struct kunit *test, struct scsi_device *sdev, struct scl_record *rec)
{
	rec->cached = true;
	rec->watched = cut->watched;
	rec->flush.ended = cut->tries;
	rec->flush.succeeded = cut->succeeded;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_DEL));
}

static void a_flush_is_said_to_be_lost_at_the_cut_where_it_may_have_been_due(struct kunit *test)
{
	for (cut = cuts; cut < cuts + ARRAY_SIZE(cuts); cut++) {
		struct scsi_device *sdev = scl_kunit_other(test);
		struct kmsg_dump_iter log = scl_log_mark();
		struct Scsi_Host *shost = sdev->host;
		struct fates before = fates();

		scl_removal_tmo(sdev, 0);
		remove_meanwhile(test, sdev, is_cut_off);
		KUNIT_EXPECT_EQ_MSG(test, scl_log_count(&log, "cache flush lost: blocked for at least"),
				    (unsigned int)cut->is_said_lost, "row %td of host %u", cut - cuts, shost->host_no);
		expect_fate(test, &before, cut->fate);
	}
}

static void is_blocked(struct kunit *test, struct scsi_device *sdev, struct scl_record *rec)
{
	rec->cached = true;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
}

/* The driver has sent what it had to send. */
static void commands_killed_when_the_driver_is_gone_lose_no_flush(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct kmsg_dump_iter log = scl_log_mark();
	struct fates before = fates();

	scl_removal_tmo(sdev, SCL_TMO_OFF);
	remove_meanwhile(test, sdev, is_blocked);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost"), 0U);
	expect_fate(test, &before, SCL_COUNT_FLUSHES_NONE);
}

/* The removal was neither announced nor found yet: a caller that waits for this very device may hold the class's mutex. */
static void a_removal_that_is_neither_announced_nor_found_loses_its_flush_too(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark();

	scl_removal_tmo(sdev, 0);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_DEL));
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost: blocked for at least"), 1U);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void forget_that_it_was_watched(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_record *rec = scl_record_find(sdev);

	if (rec)
		rec->watched = false;
	srcu_read_unlock(&scl_srcu, idx);
}

/* As a removal that hung before the module came. */
static void a_flush_that_waits_or_is_not_answered_is_lost_though_its_removal_began_unseen(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark();
	struct scl_removal removal;
	bool in_time;

	scl_removal_tmo(sdev, SCL_TMO_OFF);
	scl_removal_will_wait(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal.done, HZ), 0UL);
	forget_that_it_was_watched(sdev);
	scl_removal_tmo(sdev, 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost: blocked for at least"), 1U);
	scl_disk_put(sdev);

	sdev = scl_kunit_disk(test);
	scl_file_write_param(test, "flush_tmo", "3");
	scl_lld_misbehave(test, SCL_LLD_SWALLOWS);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&removal.done, HZ), 0UL);
	forget_that_it_was_watched(sdev);
	in_time = wait_for_completion_timeout(&removal.done, 60 * HZ);
	KUNIT_EXPECT_TRUE(test, in_time);
	scl_lld_behave(test);
	if (!in_time)
		wait_for_completion(&removal.done);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost: not answered for"), 1U);
	scl_disk_put(sdev);
}

static void a_disk_without_a_write_cache_has_no_flush_to_lose(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark();
	struct fates before = fates();
	char path[80];

	scnprintf(path, sizeof(path), "/sys/class/scsi_disk/%s/cache_type", dev_name(&sdev->sdev_gendev));
	KUNIT_EXPECT_EQ(test, scl_file_write(path, "temporary write through"), 0);
	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "cache flush lost"), 0U);
	expect_fate(test, &before, SCL_COUNT_FLUSHES_NONE);
	scl_disk_put(sdev);
}

static struct device_driver no_sd = { .name = "no_sd" };

static void lets_go_and_is_given_up(struct kunit *test, struct scsi_device *sdev, struct scl_record *rec)
{
	sdev->sdev_gendev.driver = NULL;
	block_and_give_up(test, sdev);
}

/* Of the drivers sd alone flushes, though the queue of another may be said to have a cache. */
static void a_disk_of_another_driver_has_no_flush_to_lose(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct fates before = fates();

	/* The queue stays as sd set it up. */
	device_release_driver(&sdev->sdev_gendev);
	sdev->sdev_gendev.driver = &no_sd;
	remove_meanwhile(test, sdev, lets_go_and_is_given_up);
	expect_fate(test, &before, SCL_COUNT_FLUSHES_NONE);
}

/* Stock sends a blocked disk to SDEV_DEL in the first steps of its removal. */
static void a_consumer_of_a_blocked_disk_is_told_that_its_flush_was_killed(struct kunit *test)
{
	struct scl_listener *listener = scl_listener(test, NULL);
	struct scsi_device *sdev = scl_kunit_disk(test);

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, &listener->consumer), 0);
	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_listener_called(listener));
	KUNIT_EXPECT_EQ(test, listener->last.flush, (u8)SCSI_LIFECYCLE_FLUSH_KILLED);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(&listener->consumer), 0);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_flush_that_failed_before_the_path_was_given_up_failed_by_itself),
	KUNIT_CASE(the_first_of_two_cuts_decides_what_became_of_the_flush),
	KUNIT_CASE(a_disk_that_is_being_stopped_has_no_flush_left_to_send),
	KUNIT_CASE(a_flush_is_said_to_be_lost_at_the_cut_where_it_may_have_been_due),
	KUNIT_CASE(commands_killed_when_the_driver_is_gone_lose_no_flush),
	KUNIT_CASE(a_removal_that_is_neither_announced_nor_found_loses_its_flush_too),
	KUNIT_CASE(a_flush_that_waits_or_is_not_answered_is_lost_though_its_removal_began_unseen),
	KUNIT_CASE(a_disk_without_a_write_cache_has_no_flush_to_lose),
	KUNIT_CASE(a_disk_of_another_driver_has_no_flush_to_lose),
	KUNIT_CASE(a_consumer_of_a_blocked_disk_is_told_that_its_flush_was_killed),
	{}
};

static void restore(struct kunit *test)
{
	struct scsi_device *sdev = scl_disk_get();

	if (!IS_ERR(sdev)) {
		scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
		scl_disk_put(sdev);
	}
	scl_file_write_param(test, "flush_tmo", "default");
}

struct kunit_suite scl_account_suite = {
	.name = "scsi_lifecycle_account",
	.exit = restore,
	.test_cases = cases,
};
