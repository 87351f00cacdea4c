// SPDX-License-Identifier: GPL-2.0
//
// The tracepoints: what each of them says, and when. A probe of each notes its last call.
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>
#include <scsi/scsi_lifecycle.h>
#include <trace/events/scsi_lifecycle.h>

#include "file.h"
#include "kunit_device.h"
#include "kunit_disk.h"
#include "removal.h"
#include "rooms.h"
#include "suites.h"

/* What was traced of one device; other devices of the machine are left alone. */
static struct {
	struct scsi_device *sdev;
	unsigned int transitions, decisions, expiries, kills, holds, unloads;
	struct scl_state from, to;
	enum scl_event event, decided;
	int error;
	char why[SCL_WORD];
	unsigned int commands, waiting;
	bool lost, begins;
	pid_t pid;
	const struct module *module;
} traced;

static DEFINE_SPINLOCK(lock);

static bool is_ours(SCL_ADDRESS_PROTO)
{
	struct scsi_device *sdev = traced.sdev;

	return sdev && host_no == sdev->host->host_no && channel == sdev->channel &&
	       id == sdev->id && lun == sdev->lun;
}

static void on_transition(void *data, SCL_ADDRESS_PROTO, struct scl_state from,
			  enum scl_event event, struct scl_state to, int error)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	if (is_ours(SCL_ADDRESS_ARGS)) {
		traced.transitions++;
		traced.from = from;
		traced.event = event;
		traced.to = to;
		traced.error = error;
	}
	spin_unlock_irqrestore(&lock, flags);
}

static void on_decision(void *data, SCL_ADDRESS_PROTO, const struct scl_decision *decision)
{
	if (is_ours(SCL_ADDRESS_ARGS)) {
		traced.decisions++;
		if (decision->event != SCL_EVENT_NONE)
			traced.decided = decision->event;
	}
}

static void on_expiry(void *data, SCL_ADDRESS_PROTO, const struct scl_progress *progress,
		      const struct scl_snapshot *snapshot)
{
	if (is_ours(SCL_ADDRESS_ARGS)) {
		traced.expiries++;
		strscpy(traced.why, scl_expiry_name(progress, snapshot), sizeof(traced.why));
	}
}

static void on_kill(void *data, SCL_ADDRESS_PROTO, unsigned int commands, bool lost)
{
	if (is_ours(SCL_ADDRESS_ARGS)) {
		traced.kills++;
		traced.commands = commands;
		traced.lost = lost;
	}
}

static void on_hold(void *data, SCL_ADDRESS_PROTO, pid_t pid, bool begins)
{
	if (is_ours(SCL_ADDRESS_ARGS)) {
		traced.holds++;
		traced.pid = pid;
		traced.begins = begins;
	}
}

static void on_unload(void *data, const struct module *module, unsigned int waiting)
{
	traced.unloads++;
	traced.module = module;
	traced.waiting = waiting;
}

static bool tracing;

static void begin(struct kunit *test, struct scsi_device *sdev)
{
	memset(&traced, 0, sizeof(traced));
	traced.sdev = sdev;
	KUNIT_ASSERT_EQ(test, register_trace_scl_transition(on_transition, NULL), 0);
	KUNIT_ASSERT_EQ(test, register_trace_scl_decision(on_decision, NULL), 0);
	KUNIT_ASSERT_EQ(test, register_trace_scl_expiry(on_expiry, NULL), 0);
	KUNIT_ASSERT_EQ(test, register_trace_scl_kill(on_kill, NULL), 0);
	KUNIT_ASSERT_EQ(test, register_trace_scl_hold(on_hold, NULL), 0);
	KUNIT_ASSERT_EQ(test, register_trace_scl_unload(on_unload, NULL), 0);
	tracing = true;
}

static void end(struct kunit *test)
{
	if (!tracing)
		return;
	tracing = false;
	unregister_trace_scl_transition(on_transition, NULL);
	unregister_trace_scl_decision(on_decision, NULL);
	unregister_trace_scl_expiry(on_expiry, NULL);
	unregister_trace_scl_kill(on_kill, NULL);
	unregister_trace_scl_hold(on_hold, NULL);
	unregister_trace_scl_unload(on_unload, NULL);
	tracepoint_synchronize_unregister();
	traced.sdev = NULL;
}

static bool was(struct scl_state state, unsigned char phase, bool blocked)
{
	return state.phase == phase && state.blocked == blocked;
}

static void a_transition_is_traced_and_so_is_one_that_is_refused(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_step step;
	unsigned int killed;

	begin(test, sdev);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, traced.transitions, 1U);
	KUNIT_EXPECT_TRUE(test, was(traced.from, SCL_PHASE_RUNNING, false));
	KUNIT_EXPECT_TRUE(test, was(traced.to, SCL_PHASE_RUNNING, true));
	KUNIT_EXPECT_EQ(test, (int)traced.event, (int)SCL_EVENT_BLOCK);
	KUNIT_EXPECT_EQ(test, traced.error, 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_set_state(sdev, SDEV_QUIESCE), -EINVAL);
	KUNIT_EXPECT_EQ(test, traced.transitions, 2U);
	KUNIT_EXPECT_TRUE(test, was(traced.from, SCL_PHASE_RUNNING, true));
	KUNIT_EXPECT_TRUE(test, was(traced.to, SCL_PHASE_RUNNING, true));
	KUNIT_EXPECT_EQ(test, (int)traced.event, (int)SCL_EVENT_QUIESCE);
	KUNIT_EXPECT_EQ(test, traced.error, -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_EQ(test, traced.transitions, 3U);
	/* One of this module's own, which a poll decides: the device has changed since. */
	KUNIT_EXPECT_TRUE(test, scl_sdev_apply_from(NULL, sdev, (struct scl_stock){ SDEV_RUNNING },
						    SCL_EVENT_UNBLOCK, 0, &step, &killed));
	KUNIT_EXPECT_TRUE(test, step.refused);
	KUNIT_EXPECT_EQ(test, traced.transitions, 4U);
	KUNIT_EXPECT_EQ(test, traced.error, -EINVAL);
	end(test);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_removal_that_expires_is_traced_with_its_reason_and_its_commands(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_removal removal;

	scl_removal_tmo(sdev, 1);
	scl_removal_will_wait(test, sdev);
	begin(test, sdev);
	scl_removal_begin(test, &removal, sdev);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&removal.done, 20 * HZ), 0UL);
	end(test);
	scl_removal_tmo(sdev, SCL_TMO_DEFAULT);
	KUNIT_EXPECT_GE(test, traced.decisions, 2U);
	KUNIT_EXPECT_EQ(test, (int)traced.decided, (int)SCL_EVENT_DEADLINE);
	KUNIT_EXPECT_EQ(test, traced.expiries, 1U);
	KUNIT_EXPECT_STREQ(test, traced.why, "path");
	KUNIT_EXPECT_EQ(test, traced.kills, 1U);
	KUNIT_EXPECT_EQ(test, traced.commands, 1U);
	KUNIT_EXPECT_TRUE(test, traced.lost);
	scl_disk_put(sdev);
}

static void a_path_that_is_given_up_is_traced_as_a_kill_without_a_loss(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	begin(test, sdev);
	scl_report_given_up(sdev, (struct scl_state){ SCL_PHASE_CANCEL, true }, 0);
	end(test);
	KUNIT_EXPECT_EQ(test, traced.kills, 1U);
	KUNIT_EXPECT_EQ(test, traced.commands, 0U);
	KUNIT_EXPECT_FALSE(test, traced.lost);
	scl_disk_put(sdev);
}

static void a_hold_is_traced_from_its_begin_to_its_end(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *file = scl_kunit_file(test, sdev, 0);

	begin(test, sdev);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_RELEASE), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, traced.holds, 0U);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD), 0L);
	KUNIT_EXPECT_EQ(test, traced.holds, 1U);
	KUNIT_EXPECT_TRUE(test, traced.begins);
	KUNIT_EXPECT_EQ(test, traced.pid, task_tgid_nr(current));
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD), (long)-EBUSY);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_RELEASE), 0L);
	KUNIT_EXPECT_EQ(test, traced.holds, 2U);
	KUNIT_EXPECT_FALSE(test, traced.begins);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD), 0L);
	scl_file_close(file);
	KUNIT_EXPECT_EQ(test, traced.holds, 4U);
	KUNIT_EXPECT_FALSE(test, traced.begins);
	end(test);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void an_unload_is_traced_with_the_references_that_it_waits_for(struct kunit *test)
{
	begin(test, NULL);
	scl_references_drain(THIS_MODULE);
	end(test);
	KUNIT_EXPECT_EQ(test, traced.unloads, 1U);
	KUNIT_EXPECT_PTR_EQ(test, traced.module, (const struct module *)THIS_MODULE);
	KUNIT_EXPECT_EQ(test, traced.waiting, 0U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_transition_is_traced_and_so_is_one_that_is_refused),
	KUNIT_CASE(a_removal_that_expires_is_traced_with_its_reason_and_its_commands),
	KUNIT_CASE(a_path_that_is_given_up_is_traced_as_a_kill_without_a_loss),
	KUNIT_CASE(a_hold_is_traced_from_its_begin_to_its_end),
	KUNIT_CASE(an_unload_is_traced_with_the_references_that_it_waits_for),
	{}
};

struct kunit_suite scl_trace_suite = {
	.name = "scsi_lifecycle_trace",
	.exit = end,
	.test_cases = cases,
};
