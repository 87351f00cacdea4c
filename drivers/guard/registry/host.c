// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/xarray.h>

#include "registry.h"

struct workqueue_struct *scl_host_works;

static DEFINE_XARRAY(hosts);	/* by host_no; written under scl_hosts_mutex, read under scl_srcu */

/**
 * scl_host_find - find the object of a host
 * @shost: the host
 *
 * Context: any. Caller is in a read section of scl_srcu, and the object and the host are valid in
 * it.
 * Return: the object, or NULL.
 */
struct scl_host *scl_host_find(struct Scsi_Host *shost)
{
	struct scl_host *host = scl_host_by_number(shost->host_no);

	return host && host->shost == shost ? host : NULL;
}

/**
 * scl_host_by_number - find the object of the host that has a number now
 * @host_no: the number
 *
 * Context: as scl_host_find().
 * Return: the object, or NULL.
 */
struct scl_host *scl_host_by_number(unsigned int host_no)
{
	return xa_load(&hosts, host_no);
}

/**
 * scl_host_insert - make a host findable
 * @host: the object, complete
 *
 * Context: may sleep. Caller holds scl_hosts_mutex, and no host has this number.
 * Return: 0, or -ENOMEM.
 */
int scl_host_insert(struct scl_host *host)
{
	return xa_err(xa_store(&hosts, host->shost->host_no, host, GFP_NOIO));
}

/**
 * scl_host_erase - make a host unreachable for readers that begin from now on
 * @host: the object
 *
 * Context: any. Caller holds scl_hosts_mutex.
 */
void scl_host_erase(struct scl_host *host)
{
	xa_erase(&hosts, host->shost->host_no);
}

/**
 * scl_host_next - find the first host with a number or a higher one
 * @number: the number; then that of the host
 *
 * Context: any. Caller is in a read section of scl_srcu, or keeps hosts from being forgotten.
 * Return: the host, or NULL.
 */
struct scl_host *scl_host_next(unsigned long *number)
{
	return xa_find(&hosts, number, ULONG_MAX, XA_PRESENT);
}

/**
 * scl_hosts_each - call a function for each host
 * @fn: may sleep; it is called in a read section of scl_srcu
 * @arg: for @fn
 *
 * Context: may sleep.
 */
void scl_hosts_each(void (*fn)(struct scl_host *host, void *arg), void *arg)
{
	struct scl_host *host;
	unsigned long number;
	int idx = srcu_read_lock(&scl_srcu);

	xa_for_each(&hosts, number, host)
		fn(host, arg);
	srcu_read_unlock(&scl_srcu, idx);
}

/**
 * scl_host_is_of - does a host belong to an LLD?
 * @shost: the host
 * @known: the LLD that was remembered of it, or NULL
 * @lld: the LLD, whose text is still there
 *
 * Where the host does not name its LLD, because the LLD was being unloaded when the host was first
 * found, and the driver of its adapter is another module or built in, the address of the template
 * or of its functions identifies it.
 *
 * Context: any. Caller knows @shost to be there.
 */
bool scl_host_is_of(const struct Scsi_Host *shost, const struct module *known,
		    const struct module *lld)
{
	return known == lld || within_module((unsigned long)shost->hostt, lld) ||
	       (!known && within_module((unsigned long)shost->hostt->queuecommand, lld));
}

/**
 * scl_host_dying - is the whole host being removed?
 * @host: the host
 *
 * Its own removal has begun, or its LLD is being unloaded (which is not announced: the module
 * notifier is called after the LLD's exit).
 *
 * Context: any; a later change is found at the next poll.
 */
bool scl_host_dying(const struct scl_host *host)
{
	switch (READ_ONCE(host->shost->shost_state)) {
	case SHOST_CANCEL:
	case SHOST_DEL:
	case SHOST_CANCEL_RECOVERY:
	case SHOST_DEL_RECOVERY:
		return true;
	default:
		return host->lld && !module_is_live(host->lld);
	}
}

/**
 * scl_host_removed - is the removal of a host complete, but for its objects in sysfs?
 * @shost: the host
 *
 * Context: any.
 */
bool scl_host_removed(const struct Scsi_Host *shost)
{
	enum scsi_host_state state = READ_ONCE(shost->shost_state);

	return state == SHOST_DEL || state == SHOST_DEL_RECOVERY;
}

/**
 * scl_hosts_init - initialize the registry of hosts
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM.
 */
int scl_hosts_init(void)
{
	/*
	 * Not WQ_MEM_RECLAIM: a poll may drop the last reference on a device, whose release waits
	 * for work on a queue that is not, and check_flush_dependency() in kernel/workqueue.c would
	 * warn. The price: without memory for one more worker, where no worker is idle, a poll is
	 * late.
	 */
	scl_host_works = alloc_workqueue("scsi_lifecycle", WQ_UNBOUND, 0);
	return scl_host_works ? 0 : -ENOMEM;
}

void scl_hosts_exit(void)
{
	destroy_workqueue(scl_host_works);
}
