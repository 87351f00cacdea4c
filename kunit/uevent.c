// SPDX-License-Identifier: GPL-2.0
//
// The uevents of a device's node and of its host, and when they are sent.
#include <kunit/test.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_lifecycle.h>

#include "ear.h"
#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "scsi_debug.h"
#include "suites.h"

static void end(struct kunit *test, struct scsi_device *sdev, struct scl_device *device)
{
	scl_file_write_param(test, "uevents", "removals");
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_references(device) == 1));
	put_device(&device->dev);
	scl_disk_put(sdev);
}

/* The host's uevent at the end of the removal of the device that has this name. */
static bool heard_the_end(const struct scsi_device *sdev, const char *flush)
{
	char line[80];

	scnprintf(line, sizeof(line), "host REMOVED=%s FLUSH=%s NUMBER=",
		  dev_name(&sdev->sdev_gendev), flush);
	return scl_heard(line);
}

static void remove_device(struct scsi_device *sdev)
{
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void remove_at_once(struct kunit *test, struct scsi_device *sdev)
{
	scl_removal_will_wait(test, sdev);
	scl_removal_tmo(sdev, 0);
	scsi_remove_device(sdev);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
}

static void uevents_report_a_lost_flush_and_the_end_of_a_removal(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_device *device = scl_ear_hear(test, sdev);

	remove_at_once(test, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	KUNIT_EXPECT_TRUE(test,
			  scl_heard("node STATE=cancel BLOCKED=yes CAUSE=remove TRANSITIONS="));
	KUNIT_EXPECT_TRUE(test, scl_heard("node FLUSH=killed\n"));
	KUNIT_EXPECT_TRUE(test, heard_the_end(sdev, "killed"));
	end(test, sdev, device);
}

/* Workers sent uevents at the begin and at the end. */
static void a_worker_that_sent_an_event_may_wait_for_memory_again(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, sdev);

	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	KUNIT_EXPECT_TRUE(test, scl_heard("node STATE="));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!scl_heard_by_tasks_that_may_not_wait_for_memory()));
	end(test, sdev, device);
}

static void noted_before(struct kunit *test, struct scl_state state, enum scl_event cause,
			 const char *text)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, sdev);

	flush_delayed_work(&device->uevent);
	scl_disk_seem_registered(sdev, false);
	scl_disk_set(sdev, scl_state_encode(state));
	device->transitions = 0;
	scl_note(device, state, cause);
	flush_delayed_work(&device->uevent);
	KUNIT_EXPECT_TRUE(test, scl_heard(text));
	scl_disk_recover(sdev);
	scsi_remove_device(sdev);
	scl_ear_end();
	end(test, sdev, device);
}

/* The monitor, or a block, may come between SDEV_CANCEL and the class's announcement. */
static void the_begin_of_a_removal_is_reported_whatever_notes_it_first(struct kunit *test)
{
	noted_before(test, (struct scl_state){ SCL_PHASE_CANCEL, false }, SCL_EVENT_NONE,
		     "node STATE=cancel BLOCKED=no CAUSE=remove TRANSITIONS=1\n");
	noted_before(test, (struct scl_state){ SCL_PHASE_CANCEL, true }, SCL_EVENT_BLOCK,
		     "node STATE=cancel BLOCKED=yes CAUSE=remove TRANSITIONS=1\n");
}

static void uevents_report_other_transitions_on_request(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, sdev);

	flush_delayed_work(&device->uevent);
	device->transitions = 0;
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&device->uevent));

	scl_file_write_param(test, "uevents", "all");
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&device->uevent));
	flush_delayed_work(&device->uevent);
	KUNIT_EXPECT_TRUE(test,
			  scl_heard("node STATE=running BLOCKED=yes CAUSE=block TRANSITIONS=3\n"));
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	flush_delayed_work(&device->uevent);
	KUNIT_EXPECT_TRUE(test,
			  scl_heard("node STATE=running BLOCKED=no CAUSE=unblock TRANSITIONS=1\n"));
	scsi_remove_device(sdev);
	end(test, sdev, device);
}

/* The first is sent at once, and those that follow it closely are sent later, as one. */
static void uevents_of_a_device_that_flaps_are_limited(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, sdev);
	int i;

	flush_delayed_work(&device->uevent);
	device->transitions = 0;
	device->uevent_at = jiffies - HZ;
	scl_file_write_param(test, "uevents", "all");
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&device->uevent));
	KUNIT_EXPECT_FALSE(test, timer_pending(&device->uevent.timer));
	flush_delayed_work(&device->uevent);
	/* As if a uevent was sent just now, for as long as the rest of the test takes. */
	device->uevent_at = jiffies + HZ;
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
		KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	}
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_TRUE(test, timer_pending(&device->uevent.timer));
	KUNIT_EXPECT_TRUE(test,
			  scl_comes_true(scl_heard("BLOCKED=no CAUSE=unblock TRANSITIONS=21\n")));
	scsi_remove_device(sdev);
	end(test, sdev, device);
}

static void no_event_is_sent_where_uevents_is_off(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_device *device = scl_ear_hear(test, sdev);

	scl_file_write_param(test, "uevents", "off");
	remove_at_once(test, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	end(test, sdev, device);
}

/* A change that has been reported already when the work runs once more. */
static void no_transition_is_reported_twice(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, sdev);

	flush_delayed_work(&device->uevent);
	device->transitions = 0;
	device->uevent.work.func(&device->uevent.work);
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	scl_disk_recover(sdev);
	scsi_remove_device(sdev);
	end(test, sdev, device);
}

/*
 * The loss is reported by the same work, which sends no state that is not due, nor the loss again.
 */
static void the_report_of_a_lost_flush_repeats_nothing(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, sdev);

	flush_delayed_work(&device->uevent);
	scl_disk_seem_registered(sdev, false);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
	scl_note(device, (struct scl_state){ SCL_PHASE_CANCEL, false }, SCL_EVENT_REMOVE);
	flush_delayed_work(&device->uevent);
	KUNIT_EXPECT_TRUE(test, scl_heard("node STATE=cancel"));
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 1 });
	scl_note(device, (struct scl_state){ SCL_PHASE_CANCEL, true }, SCL_EVENT_BLOCK);
	scl_ear_forget();
	scl_device_uevent_flush(device, SCL_FLUSH_RESULT_KILLED);
	flush_delayed_work(&device->uevent);
	KUNIT_EXPECT_TRUE(test, scl_heard("node FLUSH=killed\n"));
	KUNIT_EXPECT_FALSE(test, scl_heard("STATE="));
	scl_ear_forget();
	device->uevent.work.func(&device->uevent.work);
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	scsi_remove_device(sdev);
	end(test, sdev, device);
}

static void an_event_that_is_due_is_sent_before_the_node_is_removed(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_ear_hear(test, sdev);

	flush_delayed_work(&device->uevent);
	device->transitions = 0;
	/* As after a uevent that was sent just now, and long enough for the removal. */
	device->uevent_at = jiffies + 60 * HZ;
	scl_file_write_param(test, "uevents", "all");
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	KUNIT_EXPECT_TRUE(test,
			  scl_heard("node STATE=del BLOCKED=no CAUSE=removed TRANSITIONS=2\n"));
	end(test, sdev, device);
}

static void a_device_that_begins_after_its_removal_reports_no_removal(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	unsigned int number = device->number;

	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	put_device(&device->dev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
	scl_ear_begin(test, sdev, NULL);
	scl_begin_device(sdev);
	scl_devices_wait_ended(sdev->host);
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	scl_disk_put(sdev);
}

/* For want of memory it has no scl_device. */
static void the_lost_flush_of_a_device_that_is_not_remembered_is_only_counted(struct kunit *test)
{
	long killed = scl_counted(SCL_COUNT_FLUSHES_KILLED);
	struct scsi_device *sdev = scl_kunit_disk(test);

	/* Its scl_device would end with the host too. */
	remove_device(scl_kunit_other(test));
	scl_host_forget(sdev->host);
	KUNIT_EXPECT_EQ(test, scl_host_remember(sdev->host), 0);
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_device_find(sdev)));
	scl_ear_begin(test, sdev, NULL);
	remove_at_once(test, sdev);
	KUNIT_EXPECT_EQ(test, scl_counted(SCL_COUNT_FLUSHES_KILLED), killed + 1);
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	scl_disk_put(sdev);
}

/*
 * @ours: the host is not remembered, for want of memory; else another host has its number
 * meanwhile.
 */
static void removal_of_an_unknown_host(struct kunit *test, bool ours)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct Scsi_Host *shost = sdev->host;
	struct scl_device *device;

	if (ours) {
		remove_device(scl_kunit_disk(test));
		scl_host_forget(shost);
		scl_begin_device(sdev);
	}
	device = scl_kunit_device(test, sdev);
	if (!ours)
		device->shost = (const struct Scsi_Host *)&device;
	scl_ear_begin(test, sdev, NULL);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	KUNIT_EXPECT_TRUE(test, scl_heard_nothing());
	scl_ear_end();
	if (ours)
		KUNIT_EXPECT_EQ(test, scl_host_remember(shost), 0);
	end(test, sdev, device);
}

static void an_end_is_reported_by_its_own_host_alone(struct kunit *test)
{
	removal_of_an_unknown_host(test, true);
	removal_of_an_unknown_host(test, false);
}

/* A device whose numbers all differ, and none of them is the first. */
static void a_node_and_its_end_have_the_address_of_their_device(struct kunit *test)
{
	struct scsi_device *sdev;
	struct scl_device *device;

	scl_second_host_add(test);
	sdev = scl_disk_get_at(2, 3, 5);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sdev));
	KUNIT_EXPECT_GT(test, sdev->host->host_no, 0U);
	scl_file_close(scl_kunit_file(test, sdev, 0));
	device = scl_ear_hear(test, sdev);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	KUNIT_EXPECT_TRUE(test, heard_the_end(sdev, "none"));
	end(test, sdev, device);
	scl_ear_end();
	scl_second_host_remove(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(uevents_report_a_lost_flush_and_the_end_of_a_removal),
	KUNIT_CASE(a_worker_that_sent_an_event_may_wait_for_memory_again),
	KUNIT_CASE(the_begin_of_a_removal_is_reported_whatever_notes_it_first),
	KUNIT_CASE(uevents_report_other_transitions_on_request),
	KUNIT_CASE(uevents_of_a_device_that_flaps_are_limited),
	KUNIT_CASE(no_event_is_sent_where_uevents_is_off),
	KUNIT_CASE(no_transition_is_reported_twice),
	KUNIT_CASE(the_report_of_a_lost_flush_repeats_nothing),
	KUNIT_CASE(an_event_that_is_due_is_sent_before_the_node_is_removed),
	KUNIT_CASE(a_device_that_begins_after_its_removal_reports_no_removal),
	KUNIT_CASE(the_lost_flush_of_a_device_that_is_not_remembered_is_only_counted),
	KUNIT_CASE(an_end_is_reported_by_its_own_host_alone),
	KUNIT_CASE(a_node_and_its_end_have_the_address_of_their_device),
	{}
};

/* Also where an assertion ended the test. */
static void restore(struct kunit *test)
{
	scl_ear_end();
	scl_file_write_param(test, "uevents", "removals");
	scl_second_host_remove(test);
}

struct kunit_suite scl_uevent_suite = {
	.name = "scsi_lifecycle_uevent",
	.exit = restore,
	.test_cases = cases,
};
