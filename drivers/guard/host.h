/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_HOST_H
#define SCSI_LIFECYCLE_HOST_H

#include <linux/workqueue.h>
#include <scsi/scsi_host.h>

#include "scsi_lifecycle_core.h"
#include "spare.h"

/* What is remembered of a host, and the work that polls its devices. */
struct scl_host {
	struct Scsi_Host *shost;	/* there for as long as this record is */
	struct module *lld;		/* 6.1 forgets it in hostt when the LLD is being unloaded */
	unsigned int teardown_tmo;	/* override in seconds, or SCL_TMO_* */
	bool dying_seen;		/* all its devices were polled since it is dying */
	struct scl_spare spare;
	struct delayed_work look;
	const void *last_removed;	/* a device's address, no more; NULL: from before this module came */
	unsigned int removals;		/* that the bus told of */
	unsigned int leaving_removal;	/* of those, the one that leaving_wait is of; both are the look's */
	struct scl_wait leaving_wait;
};

extern struct workqueue_struct *scl_looks;

int scl_hosts_init(void);
void scl_hosts_exit(void);
int scl_host_remember(struct Scsi_Host *shost);
struct scl_host *scl_host_find(struct Scsi_Host *shost);
struct scl_host *scl_host_by_number(unsigned int host_no);
void scl_host_forget(struct Scsi_Host *shost);
void scl_hosts_forget_all(void);
void scl_hosts_forget_lld(struct module *lld);
void scl_hosts_each(void (*fn)(struct scl_host *host, void *arg), void *arg);
void scl_host_look_after(struct scl_host *host, scl_ms delay);
void scl_host_look_now(struct scl_host *host);
bool scl_host_is_of(const struct Scsi_Host *shost, const struct module *known, const struct module *lld);
bool scl_host_dying(const struct scl_host *host);

#endif
