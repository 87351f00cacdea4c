// SPDX-License-Identifier: GPL-2.0
//
// While all devices are in use the monitor does not look at them. What makes it look, and that it
// ceases when the reason has gone.
#include <kunit/test.h>
#include <linux/tracepoint.h>
#include <scsi/scsi_host.h>
#include <trace/events/scsi_lifecycle.h>

#include "file.h"
#include "kunit_device.h"
#include "kunit_disk.h"
#include "rooms.h"
#include "suites.h"

static void expect_idle(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_monitor_idles()));
}

/* More passes than one begin. */
static void expect_looks(struct kunit *test)
{
	int i;

	KUNIT_EXPECT_TRUE(test, scl_comes_true(!scl_monitor_idles()));
	for (i = 0; i < 40; i++) {
		schedule_timeout_uninterruptible(HZ / 10);
		if (scl_monitor_idles())
			break;
	}
	KUNIT_EXPECT_EQ(test, i, 40);
}

static void no_device_is_looked_at_while_all_are_in_use(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	int i;

	expect_idle(test);
	for (i = 0; i < 300 && scl_monitor_idles(); i++)
		schedule_timeout_uninterruptible(HZ / 10);
	KUNIT_EXPECT_EQ(test, i, 300);
	scl_disk_put(sdev);
}

static void a_device_whose_node_is_open_is_looked_at(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scsi_lifecycle_record record = {};
	struct file *file;

	expect_idle(test);
	/* Nothing sees that, until the open does. */
	KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	file = scl_kunit_file(test, sdev, O_NONBLOCK);
	KUNIT_EXPECT_EQ(test, scl_file_read(file, &record, sizeof(record)),
			(ssize_t)sizeof(record));
	KUNIT_EXPECT_EQ(test, scl_file_read(file, &record, sizeof(record)),
			(ssize_t)sizeof(record));
	KUNIT_EXPECT_EQ(test, record.to,
			(u8)(SCSI_LIFECYCLE_STATE_RUNNING | SCSI_LIFECYCLE_STATE_BLOCKED));
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	expect_looks(test);
	scl_file_close(file);
	expect_idle(test);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_device_that_this_project_blocked_is_looked_at(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);

	expect_idle(test);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_FALSE(test, scl_monitor_idles());
	expect_looks(test);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	expect_idle(test);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_device_that_is_seen_blocked_by_a_reader_is_looked_at(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	char path[80], text[16];

	scnprintf(path, sizeof(path), "/sys/class/scsi_lifecycle/%s/blocked",
		  dev_name(&sdev->sdev_gendev));
	expect_idle(test);
	KUNIT_EXPECT_EQ(test, scl_file_text(path, text, sizeof(text)), 3);
	KUNIT_EXPECT_TRUE(test, scl_monitor_idles());
	KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, scl_file_text(path, text, sizeof(text)), 4);
	KUNIT_EXPECT_FALSE(test, scl_monitor_idles());
	expect_looks(test);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	expect_idle(test);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void all_devices_are_looked_at_for_uevents_of_all_transitions(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	expect_idle(test);
	scl_file_write_param(test, "uevents", "all");
	KUNIT_EXPECT_FALSE(test, scl_monitor_idles());
	expect_looks(test);
	scl_file_write_param(test, "uevents", "removals");
	expect_idle(test);
	scl_disk_put(sdev);
}

static void on_transition(void *data, SCL_ADDRESS_PROTO, struct scl_state from,
			  enum scl_event event, struct scl_state to, int error)
{
}

static void all_devices_are_looked_at_for_a_tracer_of_transitions(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	expect_idle(test);
	KUNIT_ASSERT_EQ(test, register_trace_scl_transition(on_transition, NULL), 0);
	expect_looks(test);
	unregister_trace_scl_transition(on_transition, NULL);
	tracepoint_synchronize_unregister();
	expect_idle(test);
	scl_disk_put(sdev);
}

/* It holds scan_mutex from begin to end, and nothing else tells. */
static void what_scans_or_removes_in_silence_is_noticed(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct mutex *scan = &sdev->host->scan_mutex;

	expect_idle(test);
	mutex_lock(scan);
	KUNIT_EXPECT_TRUE(test, scl_monitor_idles());
	expect_looks(test);
	mutex_unlock(scan);
	expect_idle(test);
	scl_disk_put(sdev);
}

static void a_scan_is_looked_at(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	expect_idle(test);
	KUNIT_EXPECT_TRUE(test, IS_ERR(__scsi_add_device(sdev->host, 0, 0, 77, NULL)));
	KUNIT_EXPECT_FALSE(test, scl_monitor_idles());
	expect_idle(test);
	scl_disk_put(sdev);
}

/* Reads the records of a device, of which no file is open. Returns the number. */
static int records_of(struct scl_device *device, struct scsi_lifecycle_record *records, int most)
{
	u64 next = 0;
	int count = 0;

	spin_lock_irq(&device->lock);
	while (count < most && scl_history_read(&device->history, &next, &records[count]))
		count++;
	spin_unlock_irq(&device->lock);
	return count;
}

static void expect_block(struct kunit *test, const struct scsi_lifecycle_record *record)
{
	KUNIT_EXPECT_EQ(test, record->from, (u8)SCSI_LIFECYCLE_STATE_RUNNING);
	KUNIT_EXPECT_EQ(test, record->to,
			(u8)(SCSI_LIFECYCLE_STATE_RUNNING | SCSI_LIFECYCLE_STATE_BLOCKED));
	KUNIT_EXPECT_EQ(test, record->cause, (u8)SCSI_LIFECYCLE_CAUSE_SEEN);
}

static void expect_block_before_removal(struct kunit *test, bool offline)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	struct scsi_lifecycle_record records[8] = {};
	u8 state = offline ? SCSI_LIFECYCLE_STATE_CANCEL | SCSI_LIFECYCLE_STATE_BLOCKED :
			     SCSI_LIFECYCLE_STATE_DEL;
	int count;

	expect_idle(test);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	if (offline)
		KUNIT_EXPECT_EQ(test, scsi_device_set_state(sdev, SDEV_OFFLINE), 0);
	scsi_remove_device(sdev);
	count = records_of(device, records, ARRAY_SIZE(records));
	KUNIT_EXPECT_GE(test, count, 3);
	expect_block(test, &records[1]);
	KUNIT_EXPECT_EQ(test, records[2].to, state);
	KUNIT_EXPECT_EQ(test, records[2].cause, (u8)SCSI_LIFECYCLE_CAUSE_REMOVE);
	put_device(&device->dev);
	scl_disk_put(sdev);
}

/* As a removal that is not announced while another thread holds the mutex of the class. */
static void find_in_del(struct kunit *test, enum scl_stage stage,
			struct scsi_lifecycle_record *records, int most)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);

	expect_idle(test);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	WRITE_ONCE(device->stage, stage);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_DEL, 0 });
	scl_monitor_opened(device);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_BLOCK, 1 });
	WRITE_ONCE(device->stage, SCL_STAGE_IN_USE);
	KUNIT_EXPECT_EQ(test, scsi_internal_device_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_GE(test, records_of(device, records, most), 2);
	scsi_remove_device(sdev);
	put_device(&device->dev);
	scl_disk_put(sdev);
}

static void a_block_is_recorded_before_a_removal_that_is_found_and_not_announced(struct kunit *test)
{
	struct scsi_lifecycle_record records[8] = {};

	find_in_del(test, SCL_STAGE_IN_USE, records, ARRAY_SIZE(records));
	expect_block(test, &records[1]);
	KUNIT_EXPECT_EQ(test, records[2].to, (u8)SCSI_LIFECYCLE_STATE_DEL);
}

static void no_block_is_recorded_of_a_scan_that_failed(struct kunit *test)
{
	struct scsi_lifecycle_record records[8] = {};

	find_in_del(test, SCL_STAGE_SCANNED, records, ARRAY_SIZE(records));
	KUNIT_EXPECT_EQ(test, records[1].to, (u8)SCSI_LIFECYCLE_STATE_DEL);
}

static void a_block_that_nothing_looked_at_is_recorded_before_the_removal(struct kunit *test)
{
	expect_block_before_removal(test, false);
	expect_block_before_removal(test, true);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(no_device_is_looked_at_while_all_are_in_use),
	KUNIT_CASE(a_device_whose_node_is_open_is_looked_at),
	KUNIT_CASE(a_device_that_this_project_blocked_is_looked_at),
	KUNIT_CASE(a_device_that_is_seen_blocked_by_a_reader_is_looked_at),
	KUNIT_CASE(all_devices_are_looked_at_for_uevents_of_all_transitions),
	KUNIT_CASE(all_devices_are_looked_at_for_a_tracer_of_transitions),
	KUNIT_CASE(what_scans_or_removes_in_silence_is_noticed),
	KUNIT_CASE(a_scan_is_looked_at),
	KUNIT_CASE(a_block_that_nothing_looked_at_is_recorded_before_the_removal),
	KUNIT_CASE(a_block_is_recorded_before_a_removal_that_is_found_and_not_announced),
	KUNIT_CASE(no_block_is_recorded_of_a_scan_that_failed),
	{}
};

struct kunit_suite scl_idle_suite = {
	.name = "scsi_lifecycle_idle",
	.test_cases = cases,
};
