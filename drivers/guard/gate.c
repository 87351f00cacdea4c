// SPDX-License-Identifier: GPL-2.0
//
// The gate: nothing that this module knows of refers to a device or host of an LLD whose text is freed.
//
// A reference on a device does not keep its LLD: try_module_get() fails once unloading has begun, and
// the release of the device or of its host's parent may run, or read, what is in the LLD. So:
//
// 1. This module takes references in nine places. Eight are its own: the look at a host (host.c) and the watch of
//    all (watch.c), the begin of a reboot (reboot.c), the view (view.c), the search for removals that hang (rescue.c, and
//    bus_for_each_dev() under it), the walk of a caller that blocks or unblocks (block.c), the search for a blocked device
//    (spare.c) and a hold (node.c). Each takes and drops them in one read section of scl_srcu. No record holds any, and
//    no life: holds come by a life that still has its device, whose removal then holds it. (The class interface steps
//    through the devices with references of its own when this module comes and goes, under the class's mutex,
//    which __scsi_remove_device() needs before the device can leave.) The ninth is scsi_lifecycle_get()
//    (reference.c), whose references outlive its read section and are counted for their LLD. (The walk of a host's
//    children for its transport's timer, transport.c, is in the read section of a look or a view.)
// 2. Looks, views and scsi_lifecycle_get() come to a host by its record. scsi_remove_host(), called by
//    the LLD's exit at the latest, tells the bus, and host_forget() ends the lives of its devices, makes the
//    record unreachable, waits for the readers and cancels the look before scsi_remove_host() returns.
// 3. The search comes to a host by the bus, and may hold a host that has left it meanwhile. It finds
//    no record and looks at nothing, but its reference may be the last. The walk comes to a host
//    that its caller has, with a reference on one device at a time.
// 4. MODULE_STATE_GOING is notified after the LLD's exit and before its text is freed
//    (delete_module() in kernel/module/main.c), and may sleep. The gate closes: waiting for all readers
//    ends what 3 leaves, and a host that the LLD left behind is forgotten. Readers that begin later do
//    not find a host of this LLD, so nobody gets a new reference, and by 2 every one that somebody got
//    has been counted.
//    The LLD is known by its module, or where a host was first seen when that could not be had any more, by
//    where its template or its functions are (scl_host_is_of() in host.c).
// 5. Those that are counted are waited for. scsi_lifecycle_put() uncounts one first and then runs the
//    release, in one read section, so waiting for the readers once more ends the releases too.
// 6. Then nothing is left, and the text may go. Before the unload begins, a reference holds the module
//    as scsi_device_get() does, if the module is known, and rmmod is refused. Whether it has begun is
//    asked of try_module_get(), once, and the answer is counted with the reference: there is no moment
//    in between.
// 7. Readers wait for nothing that waits for this: for state_mutex, which nobody holds while he waits for
//    a device to answer (at most for queuecommand() in scsi_send_eh_cmnd(), or for a grace period in
//    6.1's scsi_internal_device_block()); for memory, not under that mutex; and, where theirs is the
//    last reference, for the release of a device or host: its work items, its error handling thread and
//    RCU, none of which comes here. The holder of a reference is waited for as long as he takes, and the log
//    names a device. The chain of module notifiers is held for reading meanwhile: who registers one waits, and
//    behind him who loads a module. A holder who needs either to get to his put waits for himself
//    (scsi_lifecycle_get() says so).
#include <linux/module.h>

#include "consumer.h"
#include "gate.h"
#include "guard.h"
#include "host.h"
#include "reference.h"

/**
 * scl_gate_close - an LLD's exit has run; nothing refers to its devices when this returns
 * @lld: the module; any other may have left a consumer
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_gate_close(struct module *lld)
{
	scl_consumers_leave(lld);
	synchronize_srcu(&scl_srcu);
	scl_hosts_forget_lld(lld);
	scl_references_drain(lld);
}

static int module_event(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == MODULE_STATE_GOING)
		scl_gate_close(data);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = module_event,
};

int scl_gate_register(void)
{
	return register_module_notifier(&notifier);
}

void scl_gate_unregister(void)
{
	unregister_module_notifier(&notifier);
}
