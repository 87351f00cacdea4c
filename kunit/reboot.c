// SPDX-License-Identifier: GPL-2.0
//
// A machine that goes down. The test calls the guard's notifier, and takes the reboot back when the
// test is over.
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

#include "file.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "removal.h"
#include "rooms.h"
#include "scsi_debug.h"
#include "suites.h"

/* The module of the guard: the first call finds it through a device that is remembered. */
static struct module *guard_of(struct kunit *test, struct scsi_device *sdev)
{
	static struct module *guard;
	struct file *file;

	if (guard)
		return guard;
	file = scl_kunit_file(test, sdev, 0);
	guard = file->f_op->owner;
	scl_file_close(file);
	KUNIT_ASSERT_NOT_NULL(test, guard);
	return guard;
}

static void *symbol_of(struct kunit *test, const struct module *guard, const char *name)
{
	const struct mod_kallsyms *all = rcu_dereference_raw(guard->kallsyms);
	void *found = NULL;
	unsigned int i;

	for (i = 0; i < all->num_symtab; i++)
		if (!strcmp(all->strtab + all->symtab[i].st_name, name))
			found = (void *)all->symtab[i].st_value;
	KUNIT_ASSERT_NOT_NULL_MSG(test, found, "%s", name);
	return found;
}

static bool *rebooting;

static void begin_reboot(struct kunit *test, struct scsi_device *sdev)
{
	struct module *guard = guard_of(test, sdev);
	notifier_fn_t notify = symbol_of(test, guard, "reboot_event");

	rebooting = symbol_of(test, guard, "rebooting");
	notify(NULL, SYS_RESTART, NULL);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(*rebooting));
}

static int nothing(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_DONE;
}

/* dm-integrity writes to its disks in its own notifier. */
static void the_guard_is_notified_of_a_reboot_before_others(struct kunit *test)
{
	struct notifier_block next = { .notifier_call = nothing, .priority = INT_MAX - 1 }, *nb;
	struct scsi_device *sdev = scl_kunit_other(test);
	struct module *guard = guard_of(test, sdev);

	KUNIT_EXPECT_EQ(test, register_reboot_notifier(&next), 0);
	for (nb = rcu_dereference_raw(next.next); nb; nb = rcu_dereference_raw(nb->next))
		KUNIT_EXPECT_FALSE(test, within_module((unsigned long)nb->notifier_call, guard));
	unregister_reboot_notifier(&next);
	nb = symbol_of(test, guard, "reboot_notifier");
	KUNIT_EXPECT_EQ(test, unregister_reboot_notifier(nb), 0);
	KUNIT_EXPECT_EQ(test, register_reboot_notifier(nb), 0);
	scl_disk_put(sdev);
}

/* That is observed now; if @from_the_first is true, with each flush that its driver sends. */
static struct request_queue *observed_queue(struct scsi_device *sdev, bool from_the_first)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(sdev);
	struct request_queue *queue = device ? READ_ONCE(device->queue) : NULL;

	if (from_the_first && queue && !device->account.observed)
		queue = NULL;
	srcu_read_unlock(&scl_srcu, idx);
	return queue;
}

static void the_flushes_of_a_disk_in_use_are_observed_from_a_reboot_on(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	KUNIT_EXPECT_NULL(test, observed_queue(sdev, true));
	begin_reboot(test, sdev);
	KUNIT_EXPECT_PTR_EQ(test, observed_queue(sdev, true), sdev->request_queue);
	/* A device that is not remembered is left alone. */
	scl_forget(sdev);
	begin_reboot(test, sdev);
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_device_find(sdev)));
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* It began before the guard was loaded. A machine that is suspended for three seconds is none. */
static void a_reboot_that_was_not_announced_is_noticed(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	rebooting = symbol_of(test, guard_of(test, sdev), "rebooting");
	system_state = SYSTEM_SUSPEND;
	ssleep(3);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(*rebooting));
	system_state = SYSTEM_RESTART;
	KUNIT_EXPECT_TRUE(test, scl_comes_true(observed_queue(sdev, false) == sdev->request_queue));
	KUNIT_EXPECT_TRUE(test, READ_ONCE(*rebooting));
	/* Its flush may be over. */
	KUNIT_EXPECT_NULL(test, observed_queue(sdev, true));
	system_state = SYSTEM_RUNNING;
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void what_was_observed_before_a_reboot_is_noticed_stays_observed(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	begin_reboot(test, sdev);
	WRITE_ONCE(*rebooting, false);
	system_state = SYSTEM_RESTART;
	ssleep(3);
	system_state = SYSTEM_RUNNING;
	KUNIT_EXPECT_TRUE(test, READ_ONCE(*rebooting));
	KUNIT_EXPECT_PTR_EQ(test, observed_queue(sdev, true), sdev->request_queue);
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* As a device that is being scanned when the machine goes down. */
static void what_was_not_remembered_has_its_time_at_a_reboot(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);

	scl_file_write_param(test, "reboot_tmo", "2");
	scl_forget(sdev);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_BLOCK, 1 });
	begin_reboot(test, sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(READ_ONCE(sdev->sdev_state) == SDEV_OFFLINE));
	KUNIT_EXPECT_EQ(test, sdev->queue_stopped, 0U);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

/* A rescan that waits for its path has the lock, and device_shutdown() waits for that. */
static void a_driver_has_been_told_of_a_reboot_where_its_device_is_not_locked(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kobject *kobj = &sdev->sdev_gendev.kobj, *target = &scsi_target(sdev)->dev.kobj;
	struct scl_progress progress = {};
	const struct scl_state state = { SCL_PHASE_RUNNING, true };

#define is_told() scl_failure_of(&progress, sdev, state, SCL_EVENT_DEADLINE).shut_down
	KUNIT_EXPECT_FALSE(test, is_told());
	spin_lock(&kobj->kset->list_lock);
	list_del_init(&kobj->entry);
	spin_unlock(&kobj->kset->list_lock);
	KUNIT_EXPECT_TRUE(test, is_told());
	device_lock(&sdev->sdev_gendev);
	KUNIT_EXPECT_FALSE(test, is_told());
	/* Its target comes after it. */
	spin_lock(&target->kset->list_lock);
	list_del_init(&target->entry);
	spin_unlock(&target->kset->list_lock);
	KUNIT_EXPECT_TRUE(test, is_told());
	spin_lock(&target->kset->list_lock);
	list_add_tail(&target->entry, &target->kset->list);
	spin_unlock(&target->kset->list_lock);
	device_unlock(&sdev->sdev_gendev);
#undef is_told
	spin_lock(&kobj->kset->list_lock);
	list_add_tail(&kobj->entry, &kobj->kset->list);
	spin_unlock(&kobj->kset->list_lock);
	scl_disk_put(sdev);
}

/* Not on a test's stack: it may take longer than the test waits. */
static struct shutdown {
	struct device *dev;
	struct completion done;
} shutdown;

static int shut_down(void *unused)
{
	shutdown.dev->driver->shutdown(shutdown.dev);
	complete(&shutdown.done);
	return 0;
}

static bool is_past_its_flush(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_device *device = scl_device_find(sdev);
	bool is = device && !READ_ONCE(device->progress.flush);

	srcu_read_unlock(&scl_srcu, idx);
	return is;
}

/*
 * Its administrator set it offline while its last flush was at the LLD: no line is logged when that
 * flush is aborted.
 */
static void
a_flush_that_a_reboot_aborts_silently_is_reported_at_the_removal(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct kmsg_dump_iter log = scl_log_mark(), again;
	unsigned int sent = atomic_read(&sdev->iorequest_cnt);

	scl_file_write_param(test, "flush_tmo", "3");
	scl_lld_misbehave(test, SCL_LLD_SWALLOWS);
	begin_reboot(test, sdev);
	shutdown.dev = &sdev->sdev_gendev;
	init_completion(&shutdown.done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(shut_down, NULL, "shutdown")));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(atomic_read(&sdev->iorequest_cnt) != sent));
	KUNIT_EXPECT_EQ(test, scsi_device_set_state(sdev, SDEV_OFFLINE), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&shutdown.done, 200 * HZ), 0UL);
	scl_lld_behave(test);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(is_past_its_flush(sdev)));
	again = log;
	KUNIT_EXPECT_EQ(test, scl_log_count(&again, "cache flush lost"), 0U);
	scsi_remove_device(sdev);
	KUNIT_EXPECT_EQ(test,
			scl_log_count(&log,
				      "cache flush lost: no path when the teardown's time was up"),
			1U);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_guard_is_notified_of_a_reboot_before_others),
	KUNIT_CASE(the_flushes_of_a_disk_in_use_are_observed_from_a_reboot_on),
	KUNIT_CASE(a_reboot_that_was_not_announced_is_noticed),
	KUNIT_CASE(what_was_observed_before_a_reboot_is_noticed_stays_observed),
	KUNIT_CASE(a_driver_has_been_told_of_a_reboot_where_its_device_is_not_locked),
	KUNIT_CASE(what_was_not_remembered_has_its_time_at_a_reboot),
	KUNIT_CASE(a_flush_that_a_reboot_aborts_silently_is_reported_at_the_removal),
	{}
};

static void end_reboot(struct kunit *test)
{
	system_state = SYSTEM_RUNNING;
	if (rebooting)
		WRITE_ONCE(*rebooting, false);
	scl_lld_behave(test);
	scl_file_write_param(test, "reboot_tmo", "default");
	scl_file_write_param(test, "flush_tmo", "default");
}

struct kunit_suite scl_reboot_suite = {
	.name = "scsi_lifecycle_reboot",
	.exit = end_reboot,
	.test_cases = cases,
};
