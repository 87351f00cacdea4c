// SPDX-License-Identifier: GPL-2.0
//
// The gate: nothing of this module refers to a device or host of an LLD whose text is freed.
//
// A reference on a device does not keep its LLD: try_module_get() fails once unloading has begun, and
// the release of the device or of its host's parent may run, or read, what is in the LLD. So:
//
// 1. References are taken in four places: the look at a host (host.c), the view (view.c), the search
//    for removals that hang (rescue.c, and bus_for_each_dev() under it) and the walk of a caller that
//    blocks or unblocks (block.c). Each takes and drops them in one read section of scl_srcu. No record
//    holds any.
// 2. Looks and views come to a host by its record. scsi_remove_host(), called by the LLD's exit at the
//    latest, tells the bus, and host_forget() makes the record unreachable, waits for the readers and
//    cancels the look before scsi_remove_host() returns.
// 3. The search comes to a host by the bus, and may hold a host that has left it meanwhile. It finds
//    no record and looks at nothing, but its reference may be the last. The walk comes to a host
//    that its caller has, with a reference on one device at a time.
// 4. MODULE_STATE_GOING is notified after the LLD's exit and before its text is freed
//    (delete_module() in kernel/module/main.c), and may sleep: waiting for all readers here ends
//    what 3 leaves. Readers that begin later do not find the host on the bus.
// 5. Readers wait for nothing that waits for this: for state_mutex, which nobody holds while he waits for
//    a device to answer (at most for queuecommand() in scsi_send_eh_cmnd(), or for a grace period in
//    6.1's scsi_internal_device_block()); for memory, not under that mutex; and, where theirs is the
//    last reference, for the release of a device or host: its work items, its error handling thread and
//    RCU, none of which comes here.
#include <linux/module.h>

#include "guard.h"
#include "host.h"

static int module_event(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == MODULE_STATE_GOING) {
		synchronize_srcu(&scl_srcu);
		scl_hosts_forget_lld(data);
	}
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
