// SPDX-License-Identifier: GPL-2.0
//
// A device whose driver is detached: what the guard does with it and reports of it, and how its
// removal is counted.
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_host.h>

#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

static void take_state(struct scl_leave *leave)
{
	scl_disk_set(leave->sdev, leave->at);
}

static void expect_state(struct scl_leave *leave)
{
	const struct scl_stock *at = &leave->at;
	bool waits = at->sdev_state == SDEV_CANCEL && at->queue_stopped;
	struct scl_device *device = scl_device_find(leave->sdev);
	struct kunit *test = leave->test;

	KUNIT_EXPECT_EQ_MSG(test, leave->sdev->sdev_state, waits ? SDEV_DEL : at->sdev_state,
			    "from %u,%u", at->sdev_state, at->queue_stopped);
	KUNIT_EXPECT_EQ(test, leave->sdev->queue_stopped, waits ? 0 : at->queue_stopped);
	/* And a uevent reports the state. */
	KUNIT_EXPECT_NOT_NULL(test, device);
	if (device) {
		struct scl_state is = scl_sdev_state(leave->sdev);

		KUNIT_EXPECT_EQ(test, device->state.phase, is.phase);
		KUNIT_EXPECT_EQ(test, device->state.blocked, is.blocked);
	}
	scl_disk_set(leave->sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
}

/* A device that a scan could not add is still to be removed, and stock removes none in SDEV_DEL. */
static void only_a_device_that_is_blocked_under_removal_expires(struct kunit *test)
{
	int i;

	for (i = 0; i < SCL_SPELLINGS; i++) {
		struct scl_leave leave = {
			.sdev = scl_kunit_other(test),
			.at = scl_spellings[i],
			.before = take_state,
			.after = expect_state,
		};

		scl_leave_remove(test, &leave);
	}
}

/* This removal counts as one that is known, so it is not counted again. */
static struct scsi_device *uncounted(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(sdev);

	if (device) {
		mutex_lock(&scl_devices_mutex);
		scl_device_meets(device, SCL_STAGE_EVENT_ANNOUNCED);
		mutex_unlock(&scl_devices_mutex);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return sdev;
}

static struct request *command;

static void wait_while_not_remembered(struct scl_leave *leave)
{
	command = scsi_alloc_request(leave->sdev->request_queue, REQ_OP_DRV_IN, 0);
	KUNIT_EXPECT_FALSE(leave->test, IS_ERR(command));
	scl_forget(leave->sdev);
	scl_disk_set(leave->sdev, (struct scl_stock){ SDEV_CANCEL, 1 });
}

static void free_command(struct scl_leave *leave)
{
	if (!IS_ERR(command))
		blk_mq_free_request(command);
}

static unsigned int reported_blocked_for_less_than(struct kmsg_dump_iter *log, unsigned int ms)
{
	unsigned int count = 0;
	char text[80];

	while (ms--) {
		struct kmsg_dump_iter again = *log;

		scnprintf(text, sizeof(text),
			  "scsi_lifecycle: blocked for at least %u ms, killed 1 command", ms);
		count += scl_log_count(&again, text);
	}
	return count;
}

/* There was no memory to remember the device. */
static void a_device_that_is_not_remembered_expires_and_that_is_reported(struct kunit *test)
{
	struct scl_leave leave = { .sdev = uncounted(scl_kunit_disk(test)),
				   .before = wait_while_not_remembered,
				   .after = free_command };
	long commands = scl_counted(SCL_COUNT_COMMANDS_KILLED);
	struct kmsg_dump_iter log = scl_log_mark();

	scl_leave_remove(test, &leave);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_COMMANDS_KILLED), commands + 1);
	KUNIT_EXPECT_EQ(test, reported_blocked_for_less_than(&log, 1000), 1U);
}

static void fail_the_flush(struct scl_leave *leave)
{
	KUNIT_EXPECT_NOT_NULL(leave->test, leave->device);
	if (leave->device)
		leave->device->account.last =
			(struct scl_flush_end){ .result = 0x00030000, .error = true };
	if (leave->device)
		leave->device->account.ended = 3;
}

static void expire(struct scl_leave *leave)
{
	scl_removal_tmo(leave->sdev, 0);
	scl_disk_set(leave->sdev, (struct scl_stock){ SDEV_CANCEL, 1 });
	scl_removal_poll_now(leave->sdev);
	scl_removal_tmo(leave->sdev, SCL_TMO_DEFAULT);
	KUNIT_EXPECT_EQ(leave->test, leave->sdev->sdev_state, SDEV_DEL);
}

static void fail_the_flush_and_expire(struct scl_leave *leave)
{
	fail_the_flush(leave);
	expire(leave);
}

/* The device expired before, and has been in use since. */
static void a_flush_that_failed_before_the_expiry_failed_by_itself(struct kunit *test)
{
	struct scl_leave leave = { .sdev = scl_kunit_disk(test),
				   .before = fail_the_flush_and_expire };
	long failed = scl_counted(SCL_COUNT_FLUSHES_FAILED);
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(leave.sdev);

	KUNIT_EXPECT_NOT_NULL(test, device);
	if (device)
		device->account.failed = true;
	srcu_read_unlock(&scl_srcu, idx);
	scl_leave_remove(test, &leave);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_FAILED), failed + 1);
}

static void expire_and_fail_the_flush_and_expire_again(struct scl_leave *leave)
{
	expire(leave);
	fail_the_flush_and_expire(leave);
}

static void what_failed_after_the_first_expiry_was_killed(struct kunit *test)
{
	struct scl_leave leave = { .sdev = scl_kunit_disk(test),
				   .before = expire_and_fail_the_flush_and_expire_again };
	long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);

	scl_leave_remove(test, &leave);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1);
}

static void fail_the_flush_and_poll(struct scl_leave *leave)
{
	KUNIT_EXPECT_EQ(leave->test, leave->sdev->sdev_state, SDEV_DEL);
	fail_the_flush(leave);
	scl_removal_poll_now(leave->sdev);
}

static void quiesce_and_fail_the_flush_and_poll(struct scl_leave *leave)
{
	leave->sdev->quiesced_by = current;
	blk_set_pm_only(leave->sdev->request_queue);
	fail_the_flush_and_poll(leave);
	KUNIT_EXPECT_NULL(leave->test, leave->sdev->quiesced_by);
}

static void a_poll_of_an_expired_device_leaves_its_account(struct kunit *test)
{
	void (*const polls[])(struct scl_leave *leave) = { fail_the_flush_and_poll,
							    quiesce_and_fail_the_flush_and_poll };
	int i;

	for (i = 0; i < ARRAY_SIZE(polls); i++) {
		struct scl_leave leave = { .sdev = scl_kunit_disk(test), .before = polls[i] };
		long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);

		/* Stock goes straight to SDEV_DEL. */
		KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(leave.sdev), 0);
		scl_leave_remove(test, &leave);
		KUNIT_EXPECT_EQ_MSG(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1,
				    "poll %d", i);
	}
}

static void was_never_announced(struct scl_leave *leave)
{
	KUNIT_EXPECT_NOT_NULL(leave->test, leave->device);
	if (leave->device)
		WRITE_ONCE(leave->device->stage, SCL_STAGE_IN_USE);
}

static long flushes(void)
{
	return scl_counted(SCL_COUNT_FLUSHES_COMPLETED) + scl_counted(SCL_COUNT_FLUSHES_FAILED) +
	       scl_counted(SCL_COUNT_FLUSHES_KILLED) + scl_counted(SCL_COUNT_FLUSHES_NONE) +
	       scl_counted(SCL_COUNT_FLUSHES_UNKNOWN);
}

/* A scan could not add it. */
static void the_flush_of_a_device_that_was_never_visible_is_not_counted(struct kunit *test)
{
	struct scl_leave leave = { .sdev = uncounted(scl_kunit_other(test)),
				   .before = was_never_announced };
	long before = flushes();

	scl_leave_remove(test, &leave);
	KUNIT_EXPECT_EQ(test, flushes(), before);
}

static void come_upon(struct kunit *test, struct scsi_device *sdev, bool waits,
		      enum scl_stage_event how)
{
	long removals = scl_counted(SCL_COUNT_REMOVALS);
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(sdev->host);

	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, waits });
	KUNIT_EXPECT_NOT_NULL(test, host);
	if (host)
		scl_removal_begins(host, sdev, how);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_REMOVALS), removals + 1);
}

static void a_removal_that_hung_before_the_module_was_loaded_counts_as_rescued(struct kunit *test)
{
	static const struct {
		enum scl_stage_event how;
		bool waited, expired, rescued;
	} all[] = {
		{ SCL_STAGE_EVENT_ADOPTED, false, false, false },	/* it did not hang */
		{ SCL_STAGE_EVENT_ADOPTED, true, false, true },	/* until its path was back */
		{ SCL_STAGE_EVENT_ADOPTED, false, true, true },
		{ SCL_STAGE_EVENT_FOUND, true, false, false },
		{ SCL_STAGE_EVENT_FOUND, false, true, false },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		struct scl_leave leave = {
			.sdev = scl_kunit_other(test), .before = take_state,
			.at = { all[i].expired ? SDEV_DEL : SDEV_CANCEL, 0 },
		};
		long rescued = scl_counted(SCL_COUNT_RESCUED);

		come_upon(test, leave.sdev, all[i].waited, all[i].how);
		scl_leave_remove(test, &leave);
		KUNIT_EXPECT_EQ_MSG(test, scl_counted(SCL_COUNT_RESCUED), rescued + all[i].rescued,
				    "case %d", i);
	}
}

static void observe_no_flush(struct scl_leave *leave)
{
	KUNIT_EXPECT_NOT_NULL(leave->test, leave->device);
	if (leave->device) {
		leave->device->account.last = (struct scl_flush_end){};
		leave->device->account.ended = 0;
	}
}

static void the_flush_of_a_removal_that_was_under_way_may_be_unknown(struct kunit *test)
{
	struct scl_leave leave = { .sdev = scl_kunit_disk(test), .before = observe_no_flush };
	long unknown = scl_counted(SCL_COUNT_FLUSHES_UNKNOWN);

	come_upon(test, leave.sdev, false, SCL_STAGE_EVENT_ADOPTED);
	scl_leave_remove(test, &leave);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_UNKNOWN), unknown + 1);
}

static void a_removal_that_is_found_has_its_device_remembered(struct kunit *test)
{
	static const enum scl_stage_event hows[] = { SCL_STAGE_EVENT_ADOPTED,
						     SCL_STAGE_EVENT_FOUND };
	int i;

	for (i = 0; i < ARRAY_SIZE(hows); i++) {
		struct scsi_device *disk = scl_kunit_disk(test);
		struct scl_leave leave = { .sdev = scl_kunit_other(test) };

		/* With their host they are forgotten. */
		scsi_remove_device(disk);
		scl_disk_put(disk);
		scl_host_forget(leave.sdev->host);
		KUNIT_EXPECT_EQ(test, scl_host_remember(leave.sdev->host), 0);
		KUNIT_EXPECT_NULL(test, scl_in_section(scl_device_find(leave.sdev)));
		come_upon(test, leave.sdev, false, hows[i]);
		KUNIT_EXPECT_NOT_NULL(test, scl_in_section(scl_device_find(leave.sdev)));
		scl_leave_remove(test, &leave);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(only_a_device_that_is_blocked_under_removal_expires),
	KUNIT_CASE(a_device_that_is_not_remembered_expires_and_that_is_reported),
	KUNIT_CASE(a_flush_that_failed_before_the_expiry_failed_by_itself),
	KUNIT_CASE(what_failed_after_the_first_expiry_was_killed),
	KUNIT_CASE(a_poll_of_an_expired_device_leaves_its_account),
	KUNIT_CASE(the_flush_of_a_device_that_was_never_visible_is_not_counted),
	KUNIT_CASE(a_removal_that_hung_before_the_module_was_loaded_counts_as_rescued),
	KUNIT_CASE(the_flush_of_a_removal_that_was_under_way_may_be_unknown),
	KUNIT_CASE(a_removal_that_is_found_has_its_device_remembered),
	{}
};

struct kunit_suite scl_detached_suite = {
	.name = "scsi_lifecycle_detached",
	.test_cases = cases,
};
