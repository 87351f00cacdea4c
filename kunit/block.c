// SPDX-License-Identifier: GPL-2.0
//
// <scsi/scsi_lifecycle.h> on a real disk. stock.c compares it with the running kernel's own
// functions.
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_lifecycle.h>

#include "compat.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "scsi_lifecycle_core.h"
#include "suites.h"

static struct scl_state now(struct scsi_device *sdev)
{
	return scl_state_decode((struct scl_stock){ sdev->sdev_state, sdev->queue_stopped });
}

static void block_and_unblock_reach_a_device_under_removal(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct device *target = &scsi_target(sdev)->dev;

	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block(sdev->host, target), 0);
	KUNIT_EXPECT_TRUE(test, now(sdev).blocked);
	KUNIT_EXPECT_EQ(test, sdev->sdev_state, SDEV_CANCEL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock(sdev->host, target, SDEV_RUNNING), 0);
	KUNIT_EXPECT_FALSE(test, now(sdev).blocked);
	KUNIT_EXPECT_EQ(test, sdev->sdev_state, SDEV_CANCEL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_host_block(sdev->host), 0);
	KUNIT_EXPECT_TRUE(test, now(sdev).blocked);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_host_unblock(sdev->host, SDEV_RUNNING), 0);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scl_disk_put(sdev);
}

static void a_path_given_up_under_removal_leads_to_del_and_starts_the_queue(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 1 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_TRANSPORT_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, sdev->sdev_state, SDEV_DEL);
	KUNIT_EXPECT_EQ(test, sdev->queue_stopped, 0U);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scl_disk_put(sdev);
}

static void a_device_that_refuses_a_block_keeps_it_from_no_other_device(struct kunit *test)
{
	struct scsi_device *deaf = scl_kunit_disk(test), *other = scl_kunit_other(test);

	/*
	 * A device in SDEV_TRANSPORT_OFFLINE refuses a block, and accepts an unblock. The iteration
	 * finds it first.
	 */
	scl_disk_set(deaf, (struct scl_stock){ SDEV_TRANSPORT_OFFLINE, 0 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block(deaf->host, &scsi_target(deaf)->dev), -EINVAL);
	KUNIT_EXPECT_TRUE(test, now(other).blocked);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(other, SDEV_RUNNING), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_host_block(deaf->host), -EINVAL);
	KUNIT_EXPECT_TRUE(test, now(other).blocked);
	KUNIT_EXPECT_EQ(test, deaf->sdev_state, SDEV_TRANSPORT_OFFLINE);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_host_unblock(deaf->host, SDEV_RUNNING), 0);
	KUNIT_EXPECT_TRUE(test,
			  deaf->sdev_state == SDEV_RUNNING && other->sdev_state == SDEV_RUNNING);
	scsi_remove_device(other);
	scl_disk_put(other);
	scl_disk_put(deaf);
}

static void bad_use_is_refused_and_changes_nothing(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct device *target = &scsi_target(sdev)->dev;
	static struct device foreign;

	KUNIT_EXPECT_EQ(test, scsi_lifecycle_set_state(NULL, SDEV_RUNNING), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_set_state(sdev, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_set_state(sdev, SDEV_CREATED_BLOCK + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(NULL, SDEV_RUNNING), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_OFFLINE), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block(NULL, target), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block(NULL, &foreign), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block(sdev->host, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock(sdev->host, target, SDEV_DEL), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block(sdev->host, &foreign), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock(sdev->host, &foreign, SDEV_RUNNING), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_host_block(NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_host_unblock(NULL, SDEV_RUNNING), -EINVAL);
	KUNIT_EXPECT_EQ(test, sdev->sdev_state, SDEV_RUNNING);
	KUNIT_EXPECT_EQ(test, sdev->queue_stopped, 0U);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_DEL, 0 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), -EINVAL);
	KUNIT_EXPECT_EQ(test, sdev->sdev_state, SDEV_DEL);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scl_disk_put(sdev);
}

struct call {
	struct scsi_device *sdev;
	int (*fn)(struct scsi_device *sdev);
	struct completion done;
	int err;
};

static int block(struct scsi_device *sdev)
{
	return scsi_lifecycle_block(sdev->host, &scsi_target(sdev)->dev);
}

static int unblock(struct scsi_device *sdev)
{
	return scsi_lifecycle_unblock(sdev->host, &scsi_target(sdev)->dev, SDEV_RUNNING);
}

static int host_block(struct scsi_device *sdev)
{
	return scsi_lifecycle_host_block(sdev->host);
}

static int host_unblock(struct scsi_device *sdev)
{
	return scsi_lifecycle_host_unblock(sdev->host, SDEV_RUNNING);
}

static int call(void *data)
{
	struct call *call = data;

	call->err = call->fn(call->sdev);
	complete(&call->done);
	return 0;
}

/* Error handling holds state_mutex in queuecommand(), a scan and a removal between two states. */
static void a_block_and_an_unblock_wait_for_the_holder_of_state_mutex(struct kunit *test)
{
	static int (*const fns[])(struct scsi_device *) = { block, unblock, host_block,
							    host_unblock };
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct call calls[ARRAY_SIZE(fns)];
	int i;

	for (i = 0; i < ARRAY_SIZE(fns); i++) {
		bool blocks = fns[i] == block || fns[i] == host_block;

		calls[i] = (struct call){ .sdev = sdev, .fn = fns[i] };
		init_completion(&calls[i].done);
		mutex_lock(&sdev->state_mutex);
		KUNIT_EXPECT_FALSE(test, IS_ERR(kthread_run(call, &calls[i], "call")));
		KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&calls[i].done, HZ / 4), 0UL);
		KUNIT_EXPECT_EQ(test, now(sdev).blocked, !blocks);
		mutex_unlock(&sdev->state_mutex);
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&calls[i].done, 10 * HZ), 0UL);
		KUNIT_EXPECT_EQ(test, calls[i].err, 0);
		KUNIT_EXPECT_EQ(test, now(sdev).blocked, blocks);
	}
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scl_disk_put(sdev);
}

struct interrupt {
	struct hrtimer timer;
	struct scsi_device *sdev;
	struct completion done;
	bool hard;
	int errs[5];
	struct scl_state states[5];
};

static enum hrtimer_restart interrupt(struct hrtimer *timer)
{
	struct interrupt *irq = container_of(timer, struct interrupt, timer);
	struct scsi_device *sdev = irq->sdev;
	unsigned long flags;

	irq->hard = in_hardirq();
	spin_lock_irqsave(sdev->host->host_lock, flags);
	irq->errs[0] = scsi_lifecycle_block_nowait(sdev);
	irq->states[0] = now(sdev);
	irq->errs[1] = scsi_lifecycle_set_state(sdev, SDEV_CANCEL);
	irq->states[1] = now(sdev);
	irq->errs[2] = scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING);
	irq->states[2] = now(sdev);
	irq->errs[3] = scsi_lifecycle_block_nowait(sdev);
	irq->states[3] = now(sdev);
	irq->errs[4] = scsi_lifecycle_unblock_nowait(sdev, SDEV_TRANSPORT_OFFLINE);
	irq->states[4] = now(sdev);
	spin_unlock_irqrestore(sdev->host->host_lock, flags);
	complete(&irq->done);
	return HRTIMER_NORESTART;
}

/* As mpt3sas blocks, smartpqi and libata set a state: lockdep checks the locks taken there. */
static void one_device_can_be_blocked_in_a_hard_interrupt_and_under_spinlocks(struct kunit *test)
{
	static const struct scl_state expected[] = { { SCL_PHASE_RUNNING, 1 },
						     { SCL_PHASE_CANCEL, 1 },
						     { SCL_PHASE_CANCEL, 0 },
						     { SCL_PHASE_CANCEL, 1 },
						     { SCL_PHASE_DEL, 0 } };
	struct interrupt *irq = kunit_kzalloc(test, sizeof(*irq), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, irq);
	irq->sdev = scl_kunit_disk(test);
	init_completion(&irq->done);
	scl_hrtimer_setup(&irq->timer, interrupt, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hrtimer_start(&irq->timer, 0, HRTIMER_MODE_REL_HARD);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&irq->done, 10 * HZ), 0UL);
	hrtimer_cancel(&irq->timer);
	KUNIT_EXPECT_TRUE(test, irq->hard);
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		KUNIT_EXPECT_EQ(test, irq->errs[i], 0);
		KUNIT_EXPECT_EQ(test, irq->states[i].phase, expected[i].phase);
		KUNIT_EXPECT_EQ(test, irq->states[i].blocked, expected[i].blocked);
	}
	scl_disk_set(irq->sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scl_disk_put(irq->sdev);
}

/* A device is under itself, under its target, and under the target's parent. */
static void a_block_reaches_what_is_under_a_device_and_nothing_else(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct device *under[] = { &sdev->sdev_gendev, &scsi_target(sdev)->dev,
				   scsi_target(sdev)->dev.parent };
	int i;

	KUNIT_ASSERT_PTR_EQ(test, scsi_target(sdev), scsi_target(other));
	for (i = 0; i < ARRAY_SIZE(under); i++) {
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_block(sdev->host, under[i]), 0);
		KUNIT_EXPECT_EQ_MSG(test, now(sdev).blocked, 1, "%d", i);
		KUNIT_EXPECT_EQ_MSG(test, now(other).blocked, i > 0, "%d", i);
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock(sdev->host, under[i], SDEV_RUNNING),
				0);
		KUNIT_EXPECT_FALSE(test, now(sdev).blocked || now(other).blocked);
	}
	scsi_remove_device(other);
	scl_disk_put(other);
	scl_disk_put(sdev);
}

/* Under RCU, as blk-mq dispatches to an LLD that does not sleep. */
static void a_block_waits_for_the_commands_on_their_way_to_the_lld(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	unsigned long before = get_state_synchronize_rcu();

	KUNIT_EXPECT_EQ(test, block(sdev), 0);
	KUNIT_EXPECT_TRUE(test, poll_state_synchronize_rcu(before));
	KUNIT_EXPECT_EQ(test, unblock(sdev), 0);
	before = get_state_synchronize_rcu();
	KUNIT_EXPECT_EQ(test, host_block(sdev), 0);
	KUNIT_EXPECT_TRUE(test, poll_state_synchronize_rcu(before));
	KUNIT_EXPECT_EQ(test, host_unblock(sdev), 0);
	scl_disk_put(sdev);
}

/* Of a remote port without a LUN, for which stock waits for nothing on 6.1. */
static void a_block_of_no_device_waits_for_nothing(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	unsigned long before = get_state_synchronize_rcu();

	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block(sdev->host, &sdev->host->shost_dev), 0);
	KUNIT_EXPECT_FALSE(test, poll_state_synchronize_rcu(before));
	scl_disk_put(sdev);
}

/* No other poll is due, and the monitor passes over devices that are not registered. */
static void a_block_under_removal_starts_the_clock_by_itself(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_host *host = scl_in_section(scl_host_find(sdev->host));

	KUNIT_EXPECT_TRUE(test, host && scl_comes_true(!work_busy(&host->poll.work)));
	scl_removal_tmo(sdev, 0);
	scl_disk_seem_registered(sdev, false);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_DEL));
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scl_disk_seem_registered(sdev, true);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void commands_failed_when_a_path_is_given_up_are_counted_and_reported(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct request *rq = scl_kunit_command(test, sdev, 100);
	static struct scl_end end;
	long killed = scl_counted(SCL_COUNT_COMMANDS_KILLED);
	struct kmsg_dump_iter log = scl_log_mark();

	scl_removal_tmo(sdev, SCL_TMO_OFF);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 1 });
	scl_end_will_be_noted(rq, &end);
	blk_execute_rq_nowait(rq, false);
	KUNIT_EXPECT_FALSE(test, completion_done(&end.over));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_TRANSPORT_OFFLINE), 0);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_COMMANDS_KILLED), killed + 1);
	scl_expect_logged(test, &log, 1U,
			  "scsi_lifecycle: given up in cancel and blocked, killed 1 command");
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&end.over, 20 * HZ), 0UL);
	KUNIT_EXPECT_NE(test, end.status, BLK_STS_OK);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(block_and_unblock_reach_a_device_under_removal),
	KUNIT_CASE(a_path_given_up_under_removal_leads_to_del_and_starts_the_queue),
	KUNIT_CASE(a_device_that_refuses_a_block_keeps_it_from_no_other_device),
	KUNIT_CASE(a_block_and_an_unblock_wait_for_the_holder_of_state_mutex),
	KUNIT_CASE(one_device_can_be_blocked_in_a_hard_interrupt_and_under_spinlocks),
	KUNIT_CASE(bad_use_is_refused_and_changes_nothing),
	KUNIT_CASE(a_block_reaches_what_is_under_a_device_and_nothing_else),
	KUNIT_CASE(a_block_waits_for_the_commands_on_their_way_to_the_lld),
	KUNIT_CASE(a_block_of_no_device_waits_for_nothing),
	KUNIT_CASE(a_block_under_removal_starts_the_clock_by_itself),
	KUNIT_CASE(commands_failed_when_a_path_is_given_up_are_counted_and_reported),
	{}
};

struct kunit_suite scl_block_suite = {
	.name = "scsi_lifecycle_block",
	.test_cases = cases,
};
