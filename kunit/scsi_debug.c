// SPDX-License-Identifier: GPL-2.0
//
// The behaviour of the suites' LLD that a test can order.
#include "file.h"
#include "scsi_debug.h"

static void set(struct kunit *test, const char *path, const char *value)
{
	KUNIT_EXPECT_EQ(test, scl_file_write(path, value), 0);
}

void scl_lld_misbehave(struct kunit *test, const char *how)
{
	set(test, "/sys/bus/pseudo/drivers/scsi_debug/opts", how);
	set(test, "/sys/bus/pseudo/drivers/scsi_debug/every_nth", "1");
}

void scl_lld_behave(struct kunit *test)
{
	set(test, "/sys/bus/pseudo/drivers/scsi_debug/every_nth", "0");
	set(test, "/sys/bus/pseudo/drivers/scsi_debug/opts", "0");
}

static bool second_host;

void scl_second_host_add(struct kunit *test)
{
	set(test, "/sys/bus/pseudo/drivers/scsi_debug/add_host", "1");
	second_host = true;
}

void scl_second_host_remove(struct kunit *test)
{
	if (!second_host)
		return;
	set(test, "/sys/bus/pseudo/drivers/scsi_debug/add_host", "-1");
	second_host = false;
}
