// SPDX-License-Identifier: GPL-2.0
//
// scsi_lifecycle_get(), _put(), block and unblock for an LLD that is live, being unloaded or
// unloaded, in each state.
#include <kunit/test.h>
#include <linux/completion.h>
#include <scsi/scsi_lifecycle.h>

#include "going.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
#include "scsi_lifecycle_core.h"
#include "suites.h"

static unsigned int references(struct scsi_device *sdev)
{
	return kref_read(&sdev->sdev_gendev.kobj.kref);
}

/* A transition that would wait without a clock is refused. */
static void expect_block_and_unblock_by_the_table(struct kunit *test, struct scsi_device *sdev,
						  struct scl_stock at, bool clock)
{
	static const enum scl_event events[] = { SCL_EVENT_BLOCK, SCL_EVENT_UNBLOCK,
						 SCL_EVENT_FAIL };
	struct scl_state now;
	struct scl_step step;
	int i, err;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		step = scl_state_next(scl_state_decode(at), events[i]);
		if (!clock && step.actions & SCL_ACTION_ARM)
			step = (struct scl_step){ .next = scl_state_decode(at), .refused = true };
		scl_disk_set(sdev, at);
		err = events[i] == SCL_EVENT_BLOCK ?
			      scsi_lifecycle_block_nowait(sdev) :
			      scsi_lifecycle_unblock_nowait(sdev, events[i] == SCL_EVENT_UNBLOCK ?
									  SDEV_RUNNING :
									  SDEV_TRANSPORT_OFFLINE);
		now = scl_state_decode((struct scl_stock){ sdev->sdev_state, sdev->queue_stopped });
		KUNIT_EXPECT_EQ_MSG(test, err, step.refused ? -EINVAL : 0, "%s from %u,%u",
				    scl_event_name(events[i]), at.sdev_state, at.queue_stopped);
		KUNIT_EXPECT_EQ(test, now.phase, step.next.phase);
		KUNIT_EXPECT_EQ(test, now.blocked, step.next.blocked);
	}
}

/* @there: the host is remembered; @active: its LLD gives references on its module. */
static void expect_rows(struct kunit *test, struct scsi_device *sdev, bool there, bool active)
{
	struct module *lld = sdev->host->hostt->module;
	unsigned int i, held, modules;
	bool may;

	for (i = 0; i < SCL_SPELLINGS; i++) {
		struct scl_stock at = scl_spellings[i];

		scl_disk_set(sdev, at);
		may = there && at.sdev_state != SDEV_CANCEL && at.sdev_state != SDEV_DEL;
		held = references(sdev);
		modules = module_refcount(lld);
		KUNIT_EXPECT_EQ_MSG(test, scsi_lifecycle_get(sdev), may ? 0 : -ENXIO, "%u,%u",
				    at.sdev_state, at.queue_stopped);
		KUNIT_EXPECT_EQ(test, references(sdev), held + may);
		KUNIT_EXPECT_EQ(test, module_refcount(lld), (int)(modules + (may && active)));
		/* A reference is put in any state. */
		if (may) {
			scl_disk_set(sdev, (struct scl_stock){ SDEV_DEL, 0 });
			scsi_lifecycle_put(sdev);
		}
		KUNIT_EXPECT_EQ(test, references(sdev), held);
		KUNIT_EXPECT_EQ(test, module_refcount(lld), (int)modules);
		expect_block_and_unblock_by_the_table(test, sdev, at, there);
	}
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
}

static void a_live_lld_is_held_as_stock_holds_it(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	expect_rows(test, sdev, true, true);
	scl_disk_put(sdev);
}

static void a_device_of_an_lld_that_is_going_can_be_held(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct module *lld = scl_set_lld(sdev->host, scl_going());

	KUNIT_ASSERT_NOT_NULL(test, lld);
	expect_rows(test, sdev, true, false);
	scl_set_lld(sdev->host, lld);
	scl_disk_put(sdev);
}

/* The device was forgotten with its host, so later tests do not use it. */
static void leave(struct scsi_device *sdev)
{
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void no_caller_gets_a_device_of_a_host_that_is_forgotten(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	scl_host_forget(sdev->host);
	expect_rows(test, sdev, false, false);
	KUNIT_EXPECT_EQ(test, scl_host_remember(sdev->host), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	scsi_lifecycle_put(sdev);
	leave(sdev);
}

static void the_unload_refuses_new_references_and_waits_for_the_old(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct module *lld = scl_going();
	struct scl_closing closing;
	int i;

	scl_set_lld(sdev->host, lld);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(sdev), 0);
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(sdev), 0);
	scl_closing_begin(test, &closing, lld);
	/* The unload forgets the host before it waits for references. */
	for (i = 0; i < 500 && !scsi_lifecycle_get(sdev); i++) {
		scsi_lifecycle_put(sdev);
		schedule_timeout_uninterruptible(1);
	}
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), -ENXIO);
	scsi_lifecycle_put(sdev);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&closing.done, HZ / 2), 0UL);
	scsi_lifecycle_put(sdev);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&closing.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scl_host_remember(sdev->host), 0);
	leave(sdev);
}

static void the_unload_of_one_lld_waits_for_no_reference_on_anothers_device(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct module *lld = scl_going();
	struct scl_closing closing;

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_get(sdev), 0);
	scl_closing_begin(test, &closing, lld);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&closing.done, 20 * HZ), 0UL);
	scsi_lifecycle_put(sdev);
	scl_disk_put(sdev);
}

/* scripts/kunit counts the warning in the log: once, for two. */
static void a_put_without_a_get_is_warned_of_once_and_takes_nothing(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	unsigned int held = references(sdev);

	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(NULL), -EINVAL);
	scsi_lifecycle_put(sdev);
	scsi_lifecycle_put(NULL);
	KUNIT_EXPECT_EQ(test, references(sdev), held);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_get(sdev), 0);
	KUNIT_EXPECT_EQ(test, references(sdev), held + 1);
	scsi_lifecycle_put(sdev);
	KUNIT_EXPECT_EQ(test, references(sdev), held);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_live_lld_is_held_as_stock_holds_it),
	KUNIT_CASE(a_device_of_an_lld_that_is_going_can_be_held),
	KUNIT_CASE(no_caller_gets_a_device_of_a_host_that_is_forgotten),
	KUNIT_CASE(the_unload_refuses_new_references_and_waits_for_the_old),
	KUNIT_CASE(the_unload_of_one_lld_waits_for_no_reference_on_anothers_device),
	KUNIT_CASE(a_put_without_a_get_is_warned_of_once_and_takes_nothing),
	{}
};

struct kunit_suite scl_reference_suite = {
	.name = "scsi_lifecycle_reference",
	.test_cases = cases,
};
