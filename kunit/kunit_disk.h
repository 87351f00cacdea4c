/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_DISK_H
#define SCSI_LIFECYCLE_KUNIT_DISK_H

#include <kunit/test.h>
#include <linux/err.h>

#include "disk.h"

static inline struct scsi_device *scl_kunit_disk(struct kunit *test)
{
	struct scsi_device *sdev = scl_disk_get();

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(sdev), "no disk: modprobe scsi_debug first");
	return sdev;
}

static inline struct scsi_device *scl_kunit_other(struct kunit *test)
{
	struct scsi_device *sdev = scl_disk_get_other();

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(sdev), "no second device: %ld", PTR_ERR(sdev));
	return sdev;
}

#endif
