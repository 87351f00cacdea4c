// SPDX-License-Identifier: GPL-2.0
//
// The table beside the running kernel's own functions: all states, all events that stock has. Where the
// table differs, it is listed here, and must.
#include <kunit/test.h>
#include <scsi/scsi_device.h>

#include "disk.h"
#include "scsi_lifecycle_core.h"
#include "suites.h"

static const struct {
	unsigned char sdev_state, queue_stopped;
	enum scl_event event;
} differs[] = {
	/* What a block does under removal, and a removal to what is blocked. */
	{ SDEV_CANCEL, 0, SCL_EVENT_BLOCK },
	{ SDEV_CANCEL, 1, SCL_EVENT_BLOCK },
	{ SDEV_BLOCK, 1, SCL_EVENT_REMOVE },
	{ SDEV_CREATED_BLOCK, 1, SCL_EVENT_REMOVE },
	/* Giving the path up kills what waits for it. */
	{ SDEV_CANCEL, 1, SCL_EVENT_FAIL },
	/* Stock's unblock refuses a quiesced device, stopped or not. */
	{ SDEV_QUIESCE, 1, SCL_EVENT_UNBLOCK },
	{ SDEV_QUIESCE, 1, SCL_EVENT_FAIL },
	/* P2. */
	{ SDEV_OFFLINE, 1, SCL_EVENT_ONLINE },
	/* The queue of a device in del is never left stopped. */
	{ SDEV_OFFLINE, 1, SCL_EVENT_REMOVED },
	{ SDEV_TRANSPORT_OFFLINE, 1, SCL_EVENT_REMOVED },
	{ SDEV_CANCEL, 1, SCL_EVENT_REMOVED },
	{ SDEV_BLOCK, 1, SCL_EVENT_REMOVED },
	{ SDEV_CREATED_BLOCK, 1, SCL_EVENT_REMOVED },
};

static bool may_differ(struct scl_stock at, enum scl_event event)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(differs); i++)
		if (differs[i].sdev_state == at.sdev_state && differs[i].queue_stopped == at.queue_stopped &&
		    differs[i].event == event)
			return true;
	return false;
}

static int stock_does(struct scsi_device *sdev, enum scl_event event)
{
	switch (event) {
	case SCL_EVENT_BLOCK:
		return scsi_internal_device_block_nowait(sdev);
	case SCL_EVENT_UNBLOCK:
		return scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING);
	case SCL_EVENT_FAIL:
		return scsi_internal_device_unblock_nowait(sdev, SDEV_TRANSPORT_OFFLINE);
	case SCL_EVENT_REMOVE:
		return scsi_device_set_state(sdev, SDEV_CANCEL);
	case SCL_EVENT_REMOVED:
		return scsi_device_set_state(sdev, SDEV_DEL);
	case SCL_EVENT_OFFLINE:
		return scsi_device_set_state(sdev, SDEV_OFFLINE);
	case SCL_EVENT_TRANSPORT_OFFLINE:
		return scsi_device_set_state(sdev, SDEV_TRANSPORT_OFFLINE);
	case SCL_EVENT_ONLINE:
		return scsi_device_set_state(sdev, SDEV_RUNNING);
	case SCL_EVENT_QUIESCE:
		return scsi_device_set_state(sdev, SDEV_QUIESCE);
	case SCL_EVENT_RESUME:
		scsi_device_resume(sdev);
		return 0;
	default:
		return -ENOSYS;
	}
}

static void the_table_is_stock_but_for_the_rows_listed(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	unsigned int i;
	int event;

	for (i = 0; i < SCL_KUNIT_SPELLINGS; i++)
		for (event = 0; event < SCL_EVENTS; event++) {
			struct scl_step step = scl_next(scl_read(scl_kunit_spellings[i]), event);
			struct scl_state stock;
			bool same;
			int err;

			/* Stock has no deadlines. */
			if (event == SCL_EVENT_DEADLINE)
				continue;
			scl_kunit_set(sdev, scl_kunit_spellings[i]);
			err = stock_does(sdev, event);
			stock = scl_read((struct scl_stock){ sdev->sdev_state, sdev->queue_stopped });
			/* scl_read() never says that a device in del is stopped: stock may leave it so. */
			same = step.refused == (err != 0) && stock.phase == step.next.phase &&
			       stock.blocked == step.next.blocked &&
			       !(sdev->sdev_state == SDEV_DEL && sdev->queue_stopped);
			KUNIT_EXPECT_EQ_MSG(test, same, !may_differ(scl_kunit_spellings[i], event),
					    "sdev_state %u, stopped %u, %s: stock %d to %s%s, here %s%s%s",
					    scl_kunit_spellings[i].sdev_state, scl_kunit_spellings[i].queue_stopped,
					    scl_event_name(event), err, scl_phase_name(stock.phase),
					    stock.blocked ? " blocked" : "", step.refused ? "refused, " : "",
					    scl_phase_name(step.next.phase), step.next.blocked ? " blocked" : "");
		}
	scl_kunit_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scl_kunit_disk_put(sdev);
}

static void what_is_written_is_known_to_stock(struct kunit *test)
{
	unsigned int phase;

	for (phase = 0; phase < SCL_PHASES; phase++) {
		struct scl_stock to = scl_write((struct scl_state){ phase, 0 });

		KUNIT_EXPECT_GE(test, to.sdev_state, SDEV_CREATED);
		KUNIT_EXPECT_LE(test, to.sdev_state, SDEV_CREATED_BLOCK);
	}
}

static void references_are_refused_as_stock_refuses_them(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	unsigned int i;

	for (i = 0; i < SCL_KUNIT_SPELLINGS; i++) {
		bool stock;

		sdev->sdev_state = scl_kunit_spellings[i].sdev_state;
		stock = !scsi_device_get(sdev);
		if (stock)
			scsi_device_put(sdev);
		KUNIT_EXPECT_EQ(test, stock, (bool)scl_may_get(scl_read(scl_kunit_spellings[i])));
	}
	sdev->sdev_state = SDEV_RUNNING;
	scl_kunit_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_table_is_stock_but_for_the_rows_listed),
	KUNIT_CASE(what_is_written_is_known_to_stock),
	KUNIT_CASE(references_are_refused_as_stock_refuses_them),
	{}
};

struct kunit_suite scl_stock_suite = {
	.name = "scsi_lifecycle_stock",
	.test_cases = cases,
};
