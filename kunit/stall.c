// SPDX-License-Identifier: GPL-2.0
//
// For which other device of its host a removal waits, and when: P4 and P16 of docs/hang-paths.md.
// The reported stall is read from debugfs.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/poison.h>
#include <linux/string.h>
#include <scsi/scsi_host.h>

#include "compat.h"
#include "keeper.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "pair.h"
#include "removal.h"
#include "rooms.h"
#include "shown.h"
#include "suites.h"

/* As a caller that waits until the queue's commands are over. */
static void freeze(struct scsi_device *sdev)
{
	blk_freeze_queue_start(sdev->request_queue);
}

static void unfreeze(struct scsi_device *sdev)
{
	scl_queue_unfreeze(sdev->request_queue);
}

static struct scl_blocker found(struct scl_host *host)
{
	return scl_in_section(scl_blocker_find(host));
}

static struct scl_host *host_of(struct kunit *test, struct scsi_device *sdev)
{
	struct scl_host *host = scl_in_section(scl_host_find(sdev->host));

	KUNIT_ASSERT_NOT_NULL(test, host);
	return host;
}

static void remove(struct scsi_device *sdev)
{
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_device_that_holds_commands_and_is_blocked_or_frozen_is_waited_for(struct kunit *test)
{
	struct scsi_device *first = scl_kunit_disk(test), *sdev = scl_kunit_other(test);
	struct scl_host *host = host_of(test, sdev);
	struct scl_blocker blocker;
	struct request *rq;

	KUNIT_EXPECT_FALSE(test, found(host).found);
	scl_pair_block(test, sdev);
	KUNIT_EXPECT_FALSE(test, found(host).found);
	scl_pair_unblock(test, sdev);
	rq = scl_pair_command(test, sdev);
	KUNIT_EXPECT_FALSE(test, found(host).found);
	freeze(sdev);
	blocker = found(host);
	KUNIT_EXPECT_TRUE(test, blocker.found && blocker.frozen && !blocker.blocked);
	unfreeze(sdev);
	scl_pair_block(test, sdev);
	sdev->channel = 2;
	sdev->id = 3;
	blocker = found(host);
	sdev->channel = 0;
	sdev->id = 0;
	KUNIT_EXPECT_TRUE(test, blocker.found && blocker.blocked && !blocker.frozen);
	KUNIT_EXPECT_EQ(test, blocker.commands, 1U);
	KUNIT_EXPECT_EQ(test, blocker.channel, 2U);
	KUNIT_EXPECT_EQ(test, blocker.id, 3U);
	KUNIT_EXPECT_EQ(test, blocker.lun, sdev->lun);
	blk_mq_free_request(rq);
	freeze(sdev);
	KUNIT_EXPECT_FALSE(test, found(host).found);
	unfreeze(sdev);
	scl_pair_unblock(test, sdev);
	remove(sdev);
	remove(first);
}

/* Devices are listed in the order in which they were added. */
static void of_two_blocked_devices_the_first_is_named(struct kunit *test)
{
	struct scsi_device *disk = scl_kunit_disk(test), *first, *second;
	struct request *rq_of_first, *rq_of_second;
	struct scl_host *host = host_of(test, disk);

	remove(disk);
	first = scl_kunit_other(test);
	second = scl_kunit_disk(test);
	rq_of_first = scl_pair_command(test, first);
	rq_of_second = scl_pair_command(test, second);
	/* A device that is only in use hides none. */
	scl_pair_block(test, second);
	KUNIT_EXPECT_EQ(test, found(host).lun, second->lun);
	scl_pair_block(test, first);
	KUNIT_EXPECT_EQ(test, found(host).lun, first->lun);
	scl_pair_unblock(test, second);
	KUNIT_EXPECT_EQ(test, found(host).lun, first->lun);
	scl_pair_unblock(test, first);
	blk_mq_free_request(rq_of_first);
	blk_mq_free_request(rq_of_second);
	remove(first);
	remove(second);
}

static void expect_waits_for(struct kunit *test, struct scsi_device *sdev,
			     const struct scsi_device *sibling)
{
	char key[32], line[256], expected[48] = " waits_for=- ";

	if (sibling)
		scnprintf(expected, sizeof(expected), " waits_for=%u:%u:%u:%llu ",
			  sibling->host->host_no, sibling->channel, sibling->id, sibling->lun);
	scnprintf(key, sizeof(key), "%s ", dev_name(&sdev->sdev_gendev));
	scl_shown_line(test, "devices", key, line, sizeof(line));
	KUNIT_EXPECT_TRUE_MSG(test, strstr(line, expected), "not \"%s\": %s", expected, line);
}

/* Its own flush cannot be sent, as where it has no tag: here because its queue is frozen. */
static void a_flush_that_is_not_sent_waits_for_a_blocked_sibling(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test), *sibling = scl_kunit_other(test);
	struct request *rq = scl_pair_command(test, sibling);
	struct kmsg_dump_iter log = scl_log_mark();
	struct scl_removal removal;
	struct scl_keeper keeper;
	char said[80];

	freeze(sdev);
	scl_pair_block(test, sibling);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_CANCEL));
	sibling->channel = 2;
	sibling->id = 3;
	expect_waits_for(test, sdev, sibling);
	schedule_timeout_uninterruptible(6 * HZ);
	scnprintf(said, sizeof(said), " ms for %u:2:3:%llu, which is blocked and holds 1 command\n",
		  sdev->host->host_no, sibling->lun);
	KUNIT_EXPECT_EQ_MSG(test, scl_log_count(&log, said), 1U, "%s", said);
	sibling->channel = 0;
	sibling->id = 0;

	/* Only the lock is held: the removal has not begun to leave the tag set. */
	scl_keeper_begin(test, &keeper, &sdev->host->tag_set.tag_list_lock);
	expect_waits_for(test, sdev, sibling);
	scl_keeper_end(&keeper);

	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&removal.done));
	unfreeze(sdev);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	scl_pair_unblock(test, sibling);
	blk_mq_free_request(rq);
	scl_disk_put(sdev);
	remove(sibling);
}

/*
 * As in blk_mq_del_queue_tag_set(), whose queue is out of the list, with the lock held. (6.1 mends
 * the entry afterwards, newer kernels do not.)
 */
static void a_queue_that_leaves_the_tag_set_waits_for_a_frozen_sibling(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test), *sibling = scl_kunit_other(test);
	struct list_head *entry = &sdev->request_queue->tag_set_list;
	struct scl_keeper remover, keeper;
	struct request *rq;

	scsi_remove_device(sdev);
	rq = scl_pair_command(test, sibling);
	/* As a removal holds scan_mutex, so that no poll forgets the device. */
	scl_keeper_begin(test, &remover, &sdev->host->scan_mutex);
	WRITE_ONCE(entry->prev, LIST_POISON2);
	scl_begin_late(sdev);
	freeze(sibling);
	/* Removed, and held open. */
	expect_waits_for(test, sdev, NULL);

	scl_keeper_begin(test, &keeper, &sdev->host->tag_set.tag_list_lock);
	KUNIT_EXPECT_FALSE(test, scl_queue_leaves_tag_set(sibling));
	expect_waits_for(test, sdev, sibling);
	unfreeze(sibling);
	scl_pair_block(test, sibling);
	expect_waits_for(test, sdev, NULL);
	scl_pair_unblock(test, sibling);
	freeze(sibling);
	/* It is removed: another queue leaves the tag set. */
	scl_forget(sdev);
	expect_waits_for(test, sdev, NULL);
	unfreeze(sibling);
	scl_keeper_end(&keeper);

	INIT_LIST_HEAD(entry);
	scl_keeper_end(&remover);
	blk_mq_free_request(rq);
	scl_disk_put(sdev);
	remove(sibling);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_device_that_holds_commands_and_is_blocked_or_frozen_is_waited_for),
	KUNIT_CASE(of_two_blocked_devices_the_first_is_named),
	KUNIT_CASE(a_flush_that_is_not_sent_waits_for_a_blocked_sibling),
	KUNIT_CASE(a_queue_that_leaves_the_tag_set_waits_for_a_frozen_sibling),
	{}
};

struct kunit_suite scl_stall_suite = {
	.name = "scsi_lifecycle_stall",
	.test_cases = cases,
};
