// SPDX-License-Identifier: GPL-2.0
//
// How long a device may be waited for: which setting applies, and when its transport gives a path
// up by itself. The transports are imitated: the data that their classes keep, under the names that
// they give it.
#include <kunit/test.h>
#include <linux/limits.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_transport.h>
#include <scsi/scsi_transport_fc.h>
#include <scsi/scsi_transport_iscsi.h>
#include <scsi/scsi_transport_srp.h>

#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "rooms.h"
#include "suites.h"

#define SECOND		1000ULL
#define SRP_LOGIN	(100 * SECOND)

/* A device below a target below the device of a transport. */
struct imitation {
	struct class class;
	struct scsi_transport_template transport;
	struct Scsi_Host shost;
	struct scsi_target target;
	struct scsi_device sdev;
};

static struct imitation *a_path(struct kunit *test, const char *class, struct device *parent)
{
	struct imitation *path = kunit_kzalloc(test, sizeof(*path), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, path);
	path->class.name = class;
	path->transport.host_attrs.ac.class = &path->class;
	path->shost.transportt = &path->transport;
	path->target.dev.parent = parent;
	path->sdev.sdev_gendev.parent = &path->target.dev;
	path->sdev.host = &path->shost;
	return path;
}

static void a_transport_without_a_timer_has_none(struct kunit *test)
{
	struct device *parent = kunit_kzalloc(test, sizeof(*parent), GFP_KERNEL);
	struct imitation *path = a_path(test, "sas_host", parent);

	KUNIT_ASSERT_NOT_NULL(test, parent);
	parent->init_name = "rport-1:0-0";
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), SCL_NEVER);
	path->transport.host_attrs.ac.class = NULL;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), SCL_NEVER);
	path->shost.transportt = NULL;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), SCL_NEVER);
}

static void fc_gives_up_by_the_first_of_its_timers(struct kunit *test)
{
	struct fc_rport *rport = kunit_kzalloc(test, sizeof(*rport), GFP_KERNEL);
	struct imitation *path;

	KUNIT_ASSERT_NOT_NULL(test, rport);
	path = a_path(test, "fc_host", &rport->dev);
	rport->dev.init_name = "rport-1:0-0";
	rport->fast_io_fail_tmo = -1;
	rport->dev_loss_tmo = 60;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), 60 * SECOND);
	rport->fast_io_fail_tmo = 5;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), 5 * SECOND);
	rport->fast_io_fail_tmo = 0;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), 0ULL);
	rport->fast_io_fail_tmo = -1;
	rport->dev_loss_tmo = INT_MAX - 1;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), (INT_MAX - 1) * SECOND);
	/* FC's "never" is the largest number. */
	rport->dev_loss_tmo = INT_MAX;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), SCL_NEVER);
	/* Not its port: a virtual one, say. */
	rport->dev_loss_tmo = 60;
	rport->dev.init_name = "vport-1:0-0";
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), SCL_NEVER);
	path->target.dev.parent = NULL;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), SCL_NEVER);
}

static void iscsi_gives_up_by_the_sessions_timer(struct kunit *test)
{
	struct iscsi_cls_session *session = kunit_kzalloc(test, sizeof(*session), GFP_KERNEL);
	struct imitation *path;

	KUNIT_ASSERT_NOT_NULL(test, session);
	path = a_path(test, "iscsi_host", &session->dev);
	session->dev.init_name = "session1";
	session->recovery_tmo = 120;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), 120 * SECOND);
	session->recovery_tmo = 0;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), 0ULL);
	session->recovery_tmo = -1;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), SCL_NEVER);
	session->recovery_tmo = 120;
	session->dev.init_name = "host1";
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), SCL_NEVER);
}

static void nothing(struct device *dev)
{
}

/* With its port, and something else, under the host. */
static void srp_gives_up_by_the_first_of_its_timers_and_a_login_later(struct kunit *test)
{
	struct srp_rport *rport = kunit_kzalloc(test, sizeof(*rport), GFP_KERNEL);
	struct device *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	struct imitation *path = a_path(test, "srp_host", NULL);
	struct device *host = &path->shost.shost_gendev;

	KUNIT_ASSERT_TRUE(test, rport && other);
	host->init_name = "imitated-host";
	other->init_name = "imitated-target";
	rport->dev.init_name = "port-1:1";
	host->release = nothing;
	other->release = nothing;
	rport->dev.release = nothing;
	other->parent = host;
	rport->dev.parent = host;
	KUNIT_ASSERT_EQ(test, device_register(host), 0);
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), SCL_NEVER);
	/* A device before the port does not hide the port. */
	KUNIT_EXPECT_EQ(test, device_register(other), 0);
	KUNIT_EXPECT_EQ(test, device_register(&rport->dev), 0);
	rport->fast_io_fail_tmo = 15;
	rport->dev_loss_tmo = 600;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), 15 * SECOND + SRP_LOGIN);
	rport->fast_io_fail_tmo = -1;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), 600 * SECOND + SRP_LOGIN);
	rport->dev_loss_tmo = -1;
	KUNIT_EXPECT_EQ(test, scl_transport_tmo(&path->sdev), SCL_NEVER);
	device_unregister(&rport->dev);
	device_unregister(other);
	device_unregister(host);
}

static scl_ms teardown(unsigned int host, unsigned int device)
{
	return scl_limits(host, device, 60 * SECOND, SCL_NEVER).teardown;
}

static void the_nearest_teardown_tmo_counts(struct kunit *test)
{
	scl_file_write_param(test, "teardown_tmo", "7");
	KUNIT_EXPECT_EQ(test, teardown(SCL_TMO_DEFAULT, SCL_TMO_DEFAULT), 7 * SECOND);
	KUNIT_EXPECT_EQ(test, teardown(3, SCL_TMO_DEFAULT), 3 * SECOND);
	KUNIT_EXPECT_EQ(test, teardown(3, 2), 2 * SECOND);
	KUNIT_EXPECT_EQ(test, teardown(SCL_TMO_OFF, 0), 0ULL);
	KUNIT_EXPECT_EQ(test, teardown(0, SCL_TMO_OFF), SCL_NEVER);
	KUNIT_EXPECT_EQ(test, teardown(SCL_TMO_DEFAULT, SCL_TMO_MAX), SCL_TMO_MAX * SECOND);
	scl_file_write_param(test, "teardown_tmo", "off");
	KUNIT_EXPECT_EQ(test, teardown(SCL_TMO_DEFAULT, SCL_TMO_DEFAULT), SCL_NEVER);
	scl_file_write_param(test, "teardown_tmo", "5");
}

static scl_ms reboot(scl_ms transport)
{
	return scl_limits(SCL_TMO_DEFAULT, SCL_TMO_DEFAULT, 60 * SECOND, transport).reboot;
}

static void a_reboot_waits_for_the_transport_and_a_little_longer(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, reboot(SCL_NEVER), 180 * SECOND);
	KUNIT_EXPECT_EQ(test, reboot(120 * SECOND), 130 * SECOND);
	KUNIT_EXPECT_EQ(test, reboot(0), 10 * SECOND);
	scl_file_write_param(test, "reboot_tmo", "4");
	KUNIT_EXPECT_EQ(test, reboot(SCL_NEVER), 4 * SECOND);
	KUNIT_EXPECT_EQ(test, reboot(120 * SECOND), 4 * SECOND);
	scl_file_write_param(test, "reboot_tmo", "off");
	KUNIT_EXPECT_EQ(test, reboot(120 * SECOND), SCL_NEVER);
	scl_file_write_param(test, "reboot_tmo", "default");
}

static void a_flush_has_what_stock_gives_it_or_what_is_set(struct kunit *test)
{
	struct scl_limits limits =
		scl_limits(SCL_TMO_DEFAULT, SCL_TMO_DEFAULT, 60 * SECOND, SCL_NEVER);

	/* 24 minutes of docs/reference.md. */
	KUNIT_EXPECT_EQ(test, limits.flush, 24 * 60 * SECOND);
	KUNIT_EXPECT_FALSE(test, limits.flush_set);
	KUNIT_EXPECT_EQ(test, limits.hold, 30 * SECOND);
	scl_file_write_param(test, "flush_tmo", "9");
	scl_file_write_param(test, "hold_max", "8");
	limits = scl_limits(SCL_TMO_DEFAULT, SCL_TMO_DEFAULT, 60 * SECOND, SCL_NEVER);
	KUNIT_EXPECT_EQ(test, limits.flush, 9 * SECOND);
	KUNIT_EXPECT_TRUE(test, limits.flush_set);
	KUNIT_EXPECT_EQ(test, limits.hold, 8 * SECOND);
	scl_file_write_param(test, "flush_tmo", "off");
	KUNIT_EXPECT_EQ(test, scl_limits(0, 0, 60 * SECOND, SCL_NEVER).flush, SCL_NEVER);
	scl_file_write_param(test, "flush_tmo", "default");
	scl_file_write_param(test, "hold_max", "30");
}

/* sd gives its flush twice the disk's timeout, and stock tries it 24 times at most. */
static void by_default_a_disks_flush_has_48_times_its_timeout(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	struct scl_host *host = scl_in_section(scl_host_find(sdev->host));
	unsigned int was = sdev->request_queue->rq_timeout;

	KUNIT_ASSERT_NOT_NULL(test, host);
	blk_queue_rq_timeout(sdev->request_queue, 10 * HZ);
	KUNIT_EXPECT_EQ(test, scl_limits_of(host, NULL, sdev).flush, 480 * SECOND);
	blk_queue_rq_timeout(sdev->request_queue, was);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_transport_without_a_timer_has_none),
	KUNIT_CASE(fc_gives_up_by_the_first_of_its_timers),
	KUNIT_CASE(iscsi_gives_up_by_the_sessions_timer),
	KUNIT_CASE(srp_gives_up_by_the_first_of_its_timers_and_a_login_later),
	KUNIT_CASE(the_nearest_teardown_tmo_counts),
	KUNIT_CASE(a_reboot_waits_for_the_transport_and_a_little_longer),
	KUNIT_CASE(a_flush_has_what_stock_gives_it_or_what_is_set),
	KUNIT_CASE(by_default_a_disks_flush_has_48_times_its_timeout),
	{}
};

struct kunit_suite scl_limits_suite = {
	.name = "scsi_lifecycle_limits",
	.test_cases = cases,
};
