/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_GUARD_H
#define SCSI_LIFECYCLE_GUARD_H

#undef pr_fmt
#define pr_fmt(fmt) "scsi_lifecycle: " fmt

#include <linux/ktime.h>
#include <linux/srcu.h>

#include "scsi_lifecycle_core.h"

/*
 * Lifetimes. No object of this module holds a reference on the host or the device that it
 * describes. A thread that finds a host or a device is inside a read section of scl_srcu, and takes
 * and drops its references on them there. scsi_lifecycle_get() alone takes one that stays, and the
 * unload of the LLD waits for it. A scl_host is gone, and every reader with it, before
 * scsi_remove_host() returns. A scl_device is unreachable by its device before that can be freed,
 * and stays for its consumers and the open files of its node. hooks/module.c says what that is
 * worth when an LLD is unloaded.
 *
 * Locks, outermost first. None but scan_mutex, scl_forget_mutex and scl_spare.lock is held around a
 * call that waits for a device. (A CPU that goes offline may wait for any device. For it waits what
 * takes the kernel's CPU lock: the unload in main.c; and a spare queue that is added or given back,
 * with the kernel's lock held under which this module was called.)
 *
 *   the module notifier's rwsem	the kernel's, held for reading by the unload of an LLD,
 *				which calls hooks/module.c; the mutex of livepatch/force.c is
 *				taken under it
 *   shost->scan_mutex		the kernel's, held by the removal that calls this module;
 *				teardown/spare.c and teardown/monitor.c try it, and do not wait
 *   the class's mutex, the bus notifier's rwsem, attribute_container_mutex	the kernel's, held
 *				when it calls this module
 *   rescuing (hooks/adopt.c)	one search for removals that hang at a time; around all below, and
 *				under no lock of the kernel's but that of the open file
 *   scl_forget_mutex (hooks/hosts.c)	one host is forgotten at a time; waits for readers, so not
 *				under scl_srcu
 *   scl_spare.lock		the queue that keeps a host's tag set shared; not under scl_srcu
 *   tag_list_lock of a tag set	the kernel's: which queues are in it, sdev/tag_set.c
 *   opener.reading (user/node.c)	one reader of an open file at a time; under it user memory
 *				is written
 *   scl_srcu (read)		the lifetime of objects, and of what is found through them
 *   scl_hosts_mutex (hooks/hosts.c)	the table of hosts
 *   scl_devices_mutex (registry/device.c)	the begin of a device, and its stage
 *   sdev->state_mutex		the kernel's: sdev_state, and the progress of the scl_device
 *   device lock (sdev/state.c)	sdev_state and queue_stopped together, taken in hard IRQ; under it
 *				only what blk-mq takes to stop and start a queue, and the next
 *   object lock (scl_device.lock)	a device's records, openers and consumers; taken in hard
 *				IRQ; under it readers are woken, work is queued, and a ring of
 *				records is allocated without waiting
 *   shost->host_lock		the kernel's: the host's list of devices
 *   observe_lock (teardown/observe.c)	for how many devices the end of requests is observed; under
 *				it work is queued
 *   removed_lock (user/removed.c)	the list of the last removals; a leaf
 *   monitor_lock (teardown/monitor.c)	whether the monitor may be queued; taken in hard IRQ;
 *				under it work is queued
 *   expedite_lock (teardown/expedite.c)	whether grace periods are expedited; under it work
 *				is queued
 *   bucket lock (api/reference.c)	the references that are held; a leaf, taken in hard IRQ
 *   calls_lock (api/consumer.c)	the calls of gone() under way, and the modules that are
 *				being unloaded; a leaf, taken in hard IRQ
 *
 * A consumer's gone() is called with none of them held.
 */
extern struct srcu_struct scl_srcu;

static inline scl_ms scl_now(void)
{
	return ktime_get_ns() / NSEC_PER_MSEC;
}

#endif
