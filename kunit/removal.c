// SPDX-License-Identifier: GPL-2.0
//
// Removals that wait, and how long.
#include <linux/kthread.h>
#include <scsi/scsi_host.h>

#include "../drivers/guard/guard.h"
#include "../drivers/guard/host.h"
#include "kunit_disk.h"
#include "removal.h"

static int remove(void *data)
{
	struct scl_removal *removal = data;

	removal->began = scl_now();
	scsi_remove_device(removal->sdev);
	removal->ended = scl_now();
	complete(&removal->done);
	return 0;
}

void scl_removal_begin(struct kunit *test, struct scl_removal *removal, struct scsi_device *sdev)
{
	removal->sdev = sdev;
	init_completion(&removal->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(remove, removal, "remove")));
}

/* For all devices of its host, as the administrator would. */
void scl_removal_tmo(struct scsi_device *sdev, unsigned int tmo)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_host_find(sdev->host);

	if (host)
		WRITE_ONCE(host->teardown_tmo, tmo);
	srcu_read_unlock(&scl_srcu, idx);
}

/* Offline it is legal for stock to go to SDEV_CANCEL, with the queue stopped. */
void scl_removal_will_wait(struct kunit *test, struct scsi_device *sdev)
{
	KUNIT_ASSERT_EQ(test, scsi_internal_device_block_nowait(sdev), 0);
	KUNIT_ASSERT_EQ(test, scsi_device_set_state(sdev, SDEV_OFFLINE), 0);
}
