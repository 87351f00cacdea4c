// SPDX-License-Identifier: GPL-2.0
#include "recovery.h"
#include "held.h"
#include "orders.h"

#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>

scl_timed_out stubborn_timed_out(struct scsi_cmnd *cmd)
{
	return stubborn_keeps_timer() ? SCL_TIMED_OUT_AGAIN : SCL_TIMED_OUT_ESCALATE;
}

/*
 * All commands are of one target on one bus, so only the first two handlers select what they drop.
 */
static int reset(enum stubborn_step step, struct scsi_device *sdev)
{
	stubborn_count_step(step);
	stubborn_wait_for_transport();
	if (!stubborn_step_works(step) && step != STUBBORN_HOST_RESET)
		return FAILED;
	/* After a failed reset of the host the mid-layer takes the commands back all the same. */
	stubborn_forget(NULL, sdev);
	return stubborn_step_works(step) ? SUCCESS : FAILED;
}

/* It does not wait: a wait would keep error handling of the host from beginning at all. */
int stubborn_abort(struct scsi_cmnd *cmd)
{
	stubborn_count_step(STUBBORN_ABORT);
	if (!stubborn_step_works(STUBBORN_ABORT))
		return FAILED;
	stubborn_forget(cmd, NULL);
	return SUCCESS;
}

int stubborn_device_reset(struct scsi_cmnd *cmd)
{
	return reset(STUBBORN_DEVICE_RESET, cmd->device);
}

int stubborn_target_reset(struct scsi_cmnd *cmd)
{
	return reset(STUBBORN_TARGET_RESET, NULL);
}

int stubborn_bus_reset(struct scsi_cmnd *cmd)
{
	return reset(STUBBORN_BUS_RESET, NULL);
}

int stubborn_host_reset(struct scsi_cmnd *cmd)
{
	return reset(STUBBORN_HOST_RESET, NULL);
}
