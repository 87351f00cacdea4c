// SPDX-License-Identifier: GPL-2.0
//
// The account of a removal's flush: what is lost with the commands that are failed, and what became of it in the end.
#include "account.h"
#include "compat.h"
#include "flush.h"
#include "guard.h"
#include "parked.h"

/**
 * scl_account_has_cache - will a device's driver flush it when it leaves?
 * @sdev: the device
 *
 * Only a disk's does. (One without a medium it does not flush either, which only it knows.)
 *
 * Context: any. Caller knows @sdev to be there.
 */
bool scl_account_has_cache(struct scsi_device *sdev)
{
	struct device_driver *drv = READ_ONCE(sdev->sdev_gendev.driver);

	return drv && !strcmp(drv->name, "sd") && scl_queue_has_write_cache(sdev->request_queue);
}

/*
 * sd stops a disk when its flush is over, or where it had none to send: what became of that is known. (One that it starts,
 * to remove it, was flushed when it was suspended.)
 */
static bool is_past_flush(struct scsi_device *sdev, const struct scl_watch *watch)
{
	enum scl_flush now = max(scl_parked_flush(sdev), scl_flush_at_lld(sdev));

	/* Between two commands of the driver's there is none for a moment. */
	return (now ?: watch->flush) == SCL_FLUSH_STOP;
}

/**
 * scl_account_cut - commands of a device are to be failed next
 * @rec: its record
 * @sdev: the device
 *
 * What became of its flush before was neither this module's doing nor the transport's.
 *
 * Context: any but NMI.
 */
void scl_account_cut(struct scl_record *rec, struct scsi_device *sdev)
{
	if (rec->cut)
		return;
	rec->ended_before = rec->flush.ended;
	rec->past_flush = is_past_flush(sdev, &rec->watch);
}

/**
 * scl_account_loses - does a device lose its flush with the commands that are failed now?
 * @sdev: the device
 * @rec: its record, or NULL
 * @watch: what is remembered of it
 * @from: the state it was in
 * @event: what happens to it
 *
 * What is killed under removal does not flush any more, unless its driver is gone already; at reboot,
 * neither: sd_shutdown() is the last.
 *
 * Context: any but NMI.
 */
bool scl_account_loses(struct scsi_device *sdev, const struct scl_record *rec, const struct scl_watch *watch,
		       struct scl_state from, enum scl_event event)
{
	if (event == SCL_EVENT_REMOVED || (rec && rec->flush.ended && rec->flush.succeeded))
		return false;
	if (is_past_flush(sdev, watch))
		return false;
	/* One that was over before it was watched is not lost by what is killed now. */
	if (rec && rec->removing && !rec->watched && !rec->flush.ended && scl_flush_at_lld(sdev) != SCL_FLUSH_DRIVER &&
	    scl_parked_flush(sdev) != SCL_FLUSH_DRIVER)
		return false;
	if (from.phase == SCL_PHASE_CANCEL)
		return rec && rec->removing ? rec->cached : scl_account_has_cache(sdev);
	return scl_rebooting() && scl_account_has_cache(sdev);
}

/**
 * scl_account_given_up - a device's transport gives its path up, and what waits for it fails
 * @sdev: the device; nothing has failed yet
 *
 * Context: any but NMI.
 * Return: whether that is new; then it is taken back by scl_account_not_given_up() if it does not come to that.
 */
bool scl_account_given_up(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_record *rec = scl_record_find(sdev);
	bool new = rec && !rec->cut;

	if (new) {
		scl_account_cut(rec, sdev);
		WRITE_ONCE(rec->cut, true);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return new;
}

/**
 * scl_account_not_given_up - a device was somewhere else meanwhile, and nothing of it fails
 * @sdev: the device
 *
 * Context: any but NMI.
 */
void scl_account_not_given_up(struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_record *rec = scl_record_find(sdev);

	if (rec)
		WRITE_ONCE(rec->cut, false);
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_account_close - what became of the flush of a device whose driver is gone
 * @rec: its record
 * @killed: the device was cut off before that
 *
 * Context: any; state_mutex of the device is not needed any more.
 */
enum scl_fate scl_account_close(const struct scl_record *rec, bool killed)
{
	const struct scl_evidence evidence = {
		.cached = rec->cached && !rec->told,
		.killed = killed && !rec->past_flush,
		.watched = rec->watched,
		.succeeded = rec->flush.succeeded,
		.ended = rec->flush.ended,
		.ended_before = rec->ended_before,
		.asc = rec->flush.asc,
		.ascq = rec->flush.ascq,
	};

	return scl_flush_fate(&evidence);
}
