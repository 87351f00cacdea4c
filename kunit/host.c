// SPDX-License-Identifier: GPL-2.0
//
// The scl_host: which host and LLD it describes, how long it is there, what is forgotten with it.
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <scsi/scsi_host.h>

#include "file.h"
#include "going.h"
#include "kernel_log.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
#include "suites.h"

static int queuecommand(struct Scsi_Host *shost, struct scsi_cmnd *cmd)
{
	return 0;
}

static void *zeroed(struct kunit *test, size_t size)
{
	void *new = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, new);
	return new;
}

/* No LLD has this host. */
static struct Scsi_Host *a_host(struct kunit *test)
{
	struct Scsi_Host *shost = zeroed(test, sizeof(*shost));

	shost->hostt = zeroed(test, sizeof(*shost->hostt));
	shost->shost_state = SHOST_RUNNING;
	return shost;
}

/* Its scl_host says that it is removed, so later tests do not use this device. */
static void leave(struct scsi_device *sdev)
{
	scsi_remove_device(sdev);
	scl_disk_put(sdev);
}

static void a_host_is_being_removed_from_its_removal_on_or_its_llds_unload(struct kunit *test)
{
	static const enum scsi_host_state dying[] = { SHOST_CANCEL, SHOST_DEL,
						      SHOST_CANCEL_RECOVERY, SHOST_DEL_RECOVERY };
	static const enum scsi_host_state living[] = { SHOST_CREATED, SHOST_RUNNING,
						       SHOST_RECOVERY };
	struct scl_host *host = zeroed(test, sizeof(*host));
	struct Scsi_Host *shost = a_host(test);
	struct module *lld = scl_going();
	int i;

	host->shost = shost;
	for (i = 0; i < ARRAY_SIZE(dying); i++) {
		shost->shost_state = dying[i];
		KUNIT_EXPECT_TRUE(test, scl_host_dying(host));
	}
	for (i = 0; i < ARRAY_SIZE(living); i++) {
		shost->shost_state = living[i];
		host->lld = NULL;
		KUNIT_EXPECT_FALSE(test, scl_host_dying(host));
		host->lld = THIS_MODULE;
		KUNIT_EXPECT_FALSE(test, scl_host_dying(host));
		host->lld = lld;
		KUNIT_EXPECT_TRUE(test, scl_host_dying(host));
	}
}

static struct scsi_host_template here = { .name = "here" };

static void a_host_is_of_the_lld_that_is_known_or_that_its_template_is_in(struct kunit *test)
{
	struct module *another = scl_going();
	struct Scsi_Host *shost = a_host(test);
	struct scsi_host_template *elsewhere = (struct scsi_host_template *)shost->hostt;

	KUNIT_EXPECT_FALSE(test, scl_host_is_of(shost, NULL, THIS_MODULE));
	KUNIT_EXPECT_FALSE(test, scl_host_is_of(shost, another, THIS_MODULE));
	KUNIT_EXPECT_TRUE(test, scl_host_is_of(shost, another, another));
	/* The templates of all users of a library have its function. */
	elsewhere->queuecommand = queuecommand;
	KUNIT_EXPECT_TRUE(test, scl_host_is_of(shost, NULL, THIS_MODULE));
	KUNIT_EXPECT_FALSE(test, scl_host_is_of(shost, another, THIS_MODULE));
	KUNIT_EXPECT_TRUE(test, scl_host_is_of(shost, another, another));
	shost->hostt = &here;
	KUNIT_EXPECT_TRUE(test, scl_host_is_of(shost, NULL, THIS_MODULE));
	KUNIT_EXPECT_TRUE(test, scl_host_is_of(shost, another, THIS_MODULE));
}

static struct module *found_lld(struct kunit *test, struct Scsi_Host *shost)
{
	struct scl_host *host;

	scl_host_forget(shost);
	KUNIT_EXPECT_EQ(test, scl_host_remember(shost), 0);
	host = scl_in_section(scl_host_find(shost));
	KUNIT_EXPECT_NOT_NULL(test, host);
	return host ? host->lld : ERR_PTR(-ENOENT);
}

/* 6.1 forgets it in the template once it is being unloaded. */
static void an_lld_that_the_template_does_not_name_is_its_adapters_drivers(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct Scsi_Host *shost = sdev->host;
	struct scsi_host_template *template = (struct scsi_host_template *)shost->hostt;
	struct device *parent = shost->shost_gendev.parent;
	struct device_driver *driver = parent->driver;
	struct module *of_template = template->module, *of_driver = driver->owner,
		      *another = scl_going();

	driver->owner = another;
	KUNIT_EXPECT_PTR_EQ(test, found_lld(test, shost), of_template);
	template->module = NULL;
	KUNIT_EXPECT_PTR_EQ(test, found_lld(test, shost), another);
	parent->driver = NULL;
	KUNIT_EXPECT_NULL(test, found_lld(test, shost));
	parent->driver = driver;
	driver->owner = of_driver;
	template->module = of_template;
	KUNIT_EXPECT_PTR_EQ(test, found_lld(test, shost), of_template);
	leave(sdev);
}

static void a_host_whose_removal_is_complete_is_not_remembered(struct kunit *test)
{
	static const enum scsi_host_state over[] = { SHOST_DEL, SHOST_DEL_RECOVERY };
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct Scsi_Host *shost = sdev->host;
	int i;

	scl_host_forget(shost);
	for (i = 0; i < ARRAY_SIZE(over); i++) {
		shost->shost_state = over[i];
		KUNIT_EXPECT_EQ(test, scl_host_remember(shost), -ENXIO);
		KUNIT_EXPECT_NULL(test, scl_in_section(scl_host_find(shost)));
	}
	shost->shost_state = SHOST_RUNNING;
	KUNIT_EXPECT_EQ(test, scl_host_remember(shost), 0);
	KUNIT_EXPECT_EQ(test, scl_host_remember(shost), 0);
	KUNIT_EXPECT_NOT_NULL(test, scl_in_section(scl_host_find(shost)));
	leave(sdev);
}

/* scripts/kunit knows the name. */
static void a_host_that_has_the_number_of_another_is_not_remembered(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct Scsi_Host *twin = a_host(test);
	struct kmsg_dump_iter log = scl_log_mark();

	twin->host_no = sdev->host->host_no;
	twin->shost_gendev.init_name = "twin";
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_host_find(twin)));
	KUNIT_EXPECT_EQ(test, scl_host_remember(twin), -EBUSY);
	scl_expect_logged(test, &log, 1U,
			  "twin: scsi_lifecycle: cannot be remembered, and is not guarded: -16");
	scl_host_forget(twin);
	KUNIT_EXPECT_NOT_NULL(test, scl_in_section(scl_host_find(sdev->host)));
	scl_disk_put(sdev);
}

/* Nothing would end a wait of the first device, so stock's rule holds for it. */
static void a_block_on_a_host_that_is_not_remembered_passes_over_a_removal(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test), *other = scl_kunit_other(test);
	struct device *target = &scsi_target(sdev)->dev;
	struct Scsi_Host *shost = sdev->host;

	scl_host_forget(shost);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_CANCEL, 0 });
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), -EINVAL);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block(shost, target), 0);
	KUNIT_EXPECT_EQ(test, other->sdev_state, SDEV_BLOCK);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock(shost, target, SDEV_RUNNING), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_host_block(shost), 0);
	KUNIT_EXPECT_EQ(test, other->sdev_state, SDEV_BLOCK);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_host_unblock(shost, SDEV_RUNNING), 0);
	KUNIT_EXPECT_EQ(test, other->sdev_state, SDEV_RUNNING);
	KUNIT_EXPECT_EQ(test, sdev->queue_stopped, 0U);
	scl_disk_set(sdev, (struct scl_stock){ SDEV_RUNNING, 0 });
	KUNIT_EXPECT_EQ(test, scl_host_remember(shost), 0);
	leave(other);
	leave(sdev);
}

static void a_caller_that_remembers_a_host_may_wait_for_memory_again(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	KUNIT_ASSERT_FALSE(test, current->flags & PF_MEMALLOC_NOIO);
	KUNIT_EXPECT_EQ(test, scl_host_remember(sdev->host), 0);
	KUNIT_EXPECT_FALSE(test, current->flags & PF_MEMALLOC_NOIO);
	current->flags &= ~PF_MEMALLOC_NOIO;
	scl_disk_put(sdev);
}

struct forgetting {
	struct Scsi_Host *shost;
	struct completion done;
};

static int forget(void *data)
{
	struct forgetting *forgetting = data;

	scl_host_forget(forgetting->shost);
	complete(&forgetting->done);
	return 0;
}

static void a_host_outlives_its_readers(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct forgetting forgetting = { .shost = sdev->host };
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(sdev->host);

	scl_assert_in_section(test, idx, host);
	init_completion(&forgetting.done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(forget, &forgetting, "forget")));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(!scl_host_find(sdev->host)));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&forgetting.done, HZ), 0UL);
	/* KASAN would see it. */
	KUNIT_EXPECT_PTR_EQ(test, READ_ONCE(host->shost), sdev->host);
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&forgetting.done, 20 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, scl_host_remember(sdev->host), 0);
	leave(sdev);
}

static void the_devices_of_a_host_are_forgotten_with_it(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test), *unseen = zeroed(test, sizeof(*unseen));

	unseen->host = sdev->host;
	KUNIT_EXPECT_NOT_NULL(test, scl_in_section(scl_create(unseen)));
	scl_host_forget(sdev->host);
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_device_find(unseen)));
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_device_find(sdev)));
	KUNIT_EXPECT_EQ(test, scl_host_remember(sdev->host), 0);
	leave(sdev);
}

/* A device was forgotten with its host, its flush not observed. Reads the last but one record. */
static void expect_before_last(struct kunit *test, struct file *file, u8 type, u8 to)
{
	struct scsi_lifecycle_record record, before = {};
	bool gone = false;

	KUNIT_ASSERT_TRUE(test, scl_file_comes_to_its_end(file));
	while (!gone && scl_file_read(file, &record, sizeof(record)) > 0) {
		gone = record.type == SCSI_LIFECYCLE_REC_GONE;
		if (!gone)
			before = record;
	}
	KUNIT_ASSERT_TRUE(test, gone);
	KUNIT_EXPECT_EQ(test, record.flush, (u8)SCSI_LIFECYCLE_FLUSH_UNKNOWN);
	KUNIT_EXPECT_EQ(test, before.type, type);
	KUNIT_EXPECT_EQ(test, before.to, to);
}

static void a_device_is_removed_with_its_host_and_not_where_that_is_left_behind(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct module *lld = scl_going();
	struct kmsg_dump_iter log;
	struct file *file;

	file = scl_kunit_file(test, sdev, O_NONBLOCK);
	scl_host_forget(sdev->host);
	expect_before_last(test, file, SCSI_LIFECYCLE_REC_TRANSITION, SCSI_LIFECYCLE_STATE_DEL);
	scl_file_close(file);
	KUNIT_EXPECT_EQ(test, scl_host_remember(sdev->host), 0);
	leave(sdev);

	sdev = scl_kunit_disk(test);
	file = scl_kunit_file(test, sdev, O_NONBLOCK);
	scl_set_lld(sdev->host, lld);
	log = scl_log_mark();
	scl_module_unloads(lld);
	KUNIT_EXPECT_EQ(test, scl_log_count(&log, "going left host"), 1U);
	KUNIT_EXPECT_NULL(test, scl_in_section(scl_host_find(sdev->host)));
	expect_before_last(test, file, SCSI_LIFECYCLE_REC_BORN, SCSI_LIFECYCLE_STATE_RUNNING);
	scl_file_close(file);
	KUNIT_EXPECT_EQ(test, scl_host_remember(sdev->host), 0);
	leave(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_host_is_being_removed_from_its_removal_on_or_its_llds_unload),
	KUNIT_CASE(a_host_is_of_the_lld_that_is_known_or_that_its_template_is_in),
	KUNIT_CASE(an_lld_that_the_template_does_not_name_is_its_adapters_drivers),
	KUNIT_CASE(a_host_whose_removal_is_complete_is_not_remembered),
	KUNIT_CASE(a_host_that_has_the_number_of_another_is_not_remembered),
	KUNIT_CASE(a_block_on_a_host_that_is_not_remembered_passes_over_a_removal),
	KUNIT_CASE(a_caller_that_remembers_a_host_may_wait_for_memory_again),
	KUNIT_CASE(a_host_outlives_its_readers),
	KUNIT_CASE(the_devices_of_a_host_are_forgotten_with_it),
	KUNIT_CASE(a_device_is_removed_with_its_host_and_not_where_that_is_left_behind),
	{}
};

struct kunit_suite scl_host_suite = {
	.name = "scsi_lifecycle_host",
	.test_cases = cases,
};
