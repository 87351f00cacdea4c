/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_GUARD_H
#define SCSI_LIFECYCLE_GUARD_H

#undef pr_fmt
#define pr_fmt(fmt) "scsi_lifecycle: " fmt

#include <linux/ktime.h>
#include <linux/srcu.h>

#include "scsi_lifecycle_core.h"

/*
 * Lifetimes, in six sentences. A record never holds a reference on what it describes. Whoever looks
 * at a host or a device is inside a read section of scl_srcu, and takes and drops its references
 * there. scsi_lifecycle_get() alone takes one that stays, and the gate waits for it. A host record is
 * gone, and every reader with it, before scsi_remove_host() returns; a device record is unreachable
 * before the removed device can be freed. A life (life.h) lets go of its device before that too, and stays for
 * its consumers and those who have its node open. See gate.c for what that is worth when an LLD is unloaded.
 *
 * Locks, outermost first; none but scan_mutex and scl_spare.lock is held around a call that waits for a device:
 *
 *   shost->scan_mutex		the kernel's, held by the removal that calls us; spare.c tries it, and does not wait
 *   the class's mutex, the bus notifier's rwsem	the kernel's, held when it calls us
 *   rescuing (rescue.c)	one search for removals that hang at a time; around all below, and not under a lock of the kernel's
 *   scl_forget_mutex (host.c)	one host is forgotten at a time; waits for readers, so not under scl_srcu
 *   scl_spare.lock		the queue that keeps a host's tag set shared; not under scl_srcu
 *   opener.reading (node.c)	one reader of an open file at a time; under it user memory is written
 *   scl_srcu (read)		the life of records, and of what is found through them
 *   scl_hosts_mutex (host.c)	which host records there are
 *   begin_mutex (device.c)	records of devices, and whether a removal is known
 *   sdev->state_mutex		the kernel's: sdev_state, and the scl_watch of the device's record
 *   device lock (transition.c)	sdev_state and queue_stopped together, taken in hard IRQ; under it only what
 *				blk-mq takes to stop and start a queue, and the next
 *   scl_life.lock		one life: its device, records, openers and consumers; taken in hard IRQ; under it
 *				readers are woken and work is queued
 *   shost->host_lock		the kernel's: the host's list of devices
 *   observe_lock (observe.c)	for how many devices the end of requests is seen; under it work is queued
 *   bucket lock (reference.c)	the references that are held; a leaf, taken in hard IRQ
 *   calls_lock (consumer.c)	who is being told, and whose module is being unloaded; a leaf, taken in hard IRQ
 *
 * Those who are told that a device is gone, are told with none of them held.
 */
extern struct srcu_struct scl_srcu;

static inline scl_ms scl_now(void)
{
	return ktime_get_ns() / NSEC_PER_MSEC;
}

int scl_class_register(void);
void scl_class_unregister(void);
int scl_bus_register(void);
void scl_bus_unregister(void);
int scl_gate_register(void);
void scl_gate_unregister(void);
int scl_reboot_register(void);
void scl_reboot_unregister(void);
bool scl_rebooting(void);
void scl_view_create(void);
void scl_view_remove(void);

#endif
