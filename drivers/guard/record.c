// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/xarray.h>
#include <scsi/scsi_host.h>

#include "guard.h"
#include "policy.h"
#include "record.h"

static DEFINE_XARRAY(records);

static void record_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct scl_record, rcu));
}

static void record_drop(struct scl_record *rec)
{
	if (!rec)
		return;
	if (rec->queue)
		scl_observe_end();
	call_srcu(&scl_srcu, &rec->rcu, record_free);
}

/**
 * scl_record_create - begin to remember a device
 * @sdev: the device
 *
 * What was remembered of an earlier device at the same address is dropped. Memory is not waited for where a disk would
 * have to be written to: all readers of scl_srcu would wait with it.
 *
 * Context: may sleep. Caller is in a read section of scl_srcu and knows @sdev to be there.
 * Return: the record, valid in the read section, or NULL without memory.
 */
struct scl_record *scl_record_create(struct scsi_device *sdev)
{
	struct scl_record *rec = kzalloc(sizeof(*rec), GFP_NOIO);
	void *old;

	if (!rec)
		return NULL;
	rec->key = (unsigned long)sdev;
	rec->host_no = sdev->host->host_no;
	rec->teardown_tmo = SCL_TMO_DEFAULT;
	old = xa_store(&records, rec->key, rec, GFP_NOIO);
	if (xa_is_err(old)) {
		kfree(rec);
		return NULL;
	}
	record_drop(old);
	return rec;
}

/**
 * scl_record_find - what is remembered of a device
 * @sdev: the device; only its address is used
 *
 * Context: any. Caller is in a read section of scl_srcu, and the record is valid in it.
 * Return: the record, or NULL.
 */
struct scl_record *scl_record_find(struct scsi_device *sdev)
{
	return xa_load(&records, (unsigned long)sdev);
}

/**
 * scl_record_forget - a device is gone
 * @sdev: the device; only its address is used
 *
 * Context: may sleep.
 */
void scl_record_forget(struct scsi_device *sdev)
{
	record_drop(xa_erase(&records, (unsigned long)sdev));
}

/**
 * scl_record_observe - see to the flushes that the driver of a device sends from now on; harmless where that is done
 * @rec: the device's
 * @sdev: the device; its driver has sent none of which the result would be missed
 *
 * Context: may sleep.
 */
void scl_record_observe(struct scl_record *rec, struct scsi_device *sdev)
{
	if (rec->queue)
		return;
	rec->watched = scl_observe_begin();
	WRITE_ONCE(rec->queue, sdev->request_queue);
}

static void forget_those(bool all, unsigned int host_no)
{
	struct scl_record *rec;
	unsigned long key;
	int idx = srcu_read_lock(&scl_srcu);

	xa_for_each(&records, key, rec)
		if (all || rec->host_no == host_no)
			record_drop(xa_erase(&records, key));
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_records_forget_host - the devices of a host are gone
 * @host_no: number of the host
 *
 * Context: may sleep.
 */
void scl_records_forget_host(unsigned int host_no)
{
	forget_those(false, host_no);
}

/**
 * scl_records_forget_all - the module goes away
 *
 * Context: may sleep; nobody makes a record any more.
 */
void scl_records_forget_all(void)
{
	forget_those(true, 0);
}
