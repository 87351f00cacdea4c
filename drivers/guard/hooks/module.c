// SPDX-License-Identifier: GPL-2.0
//
// The unload of an LLD: no object that this module knows of refers to a device or host of an LLD
// whose text is freed.
//
// A reference on a device does not keep its LLD: try_module_get() fails once unloading has begun,
// and the release of the device or of its host's parent may run, or read, what is in the LLD.
//
// Invariants
//
// 1. This module takes references in thirteen places. Twelve are its own: the poll of a host and
//    the slower one of all hosts (teardown/monitor.c), the begin of a reboot and the open of a node
//    (the same file), debugfs (user/debugfs.c), the files of a node (user/sysfs.c), the search for
//    removals that hang (hooks/adopt.c, and bus_for_each_dev() under it), the iteration of a caller
//    that blocks or unblocks (api/block.c), the search for a blocked device (teardown/stall.c,
//    teardown/spare.c), the hold or the end of a teardown (user/node.c), the unload of this module
//    (hooks/hosts.c) and the removal of a host's first device, which has the queues of all others
//    begin what they will wait for (teardown/expedite.c). Each takes and drops them in one read
//    section of scl_srcu. No scl_host and no scl_device holds any: an open, a hold, an end and a
//    file of a node take theirs from a scl_device whose sdev is set, so that the removal holds the
//    device. (The class interface steps through the devices with references of its own when this
//    module is loaded and unloaded, under the class's mutex, which __scsi_remove_device() needs
//    before the device is removed. The iteration over a host's children in teardown/transport.c is
//    in the read section of a poll, of debugfs or of sysfs.) The thirteenth is scsi_lifecycle_get()
//    (api/reference.c), whose references outlive its read section and are counted for their LLD.
// 2. Polls, debugfs and scsi_lifecycle_get() find a host in the table of hosts. scsi_remove_host(),
//    called by the LLD's exit at the latest, is announced by the bus, and scl_host_forget() ends
//    the devices of the host, makes it unreachable, waits for the readers and cancels the poll
//    before scsi_remove_host() returns.
// 3. The search finds a host on the bus, and may hold a host that has left the bus meanwhile. It
//    finds no scl_host and polls nothing, but its reference may be the last. An iteration begins
//    with a host that its caller has, and holds a reference on one device at a time.
// 4. MODULE_STATE_GOING is notified after the LLD's exit and before its text is freed
//    (delete_module() in kernel/module/main.c), and may sleep. scl_module_unloads() waits for all
//    readers, which ends what 3 leaves, and forgets a host that the LLD left behind. Readers that
//    begin later do not find a host of this LLD, so no caller gets a new reference, and by 2 every
//    reference that a caller got has been counted. The LLD is known by its module, or, if that was
//    not to be had when the host was first found, by the address of its template or functions:
//    scl_host_is_of().
// 5. scl_references_drain() waits for those that are counted. scsi_lifecycle_put() uncounts a
//    reference first and then runs the release, in one read section, so that waiting for the
//    readers once more ends the releases too.
// 6. Then nothing is left, and the text may be freed. Before the unload begins, a reference holds
//    the module as scsi_device_get() does, if the module is known, and rmmod is refused.
//    try_module_get() is asked once whether it has begun, and the answer is counted with the
//    reference: there is no moment in between.
// 7. Readers wait for nothing that waits for this. They wait for state_mutex, which no thread holds
//    while it waits for a device to answer (at most for queuecommand() in scsi_send_eh_cmnd(), or
//    for a grace period in 6.1's scsi_internal_device_block()); for a grace period, where a queue's
//    users are about to be counted in one place already (scl_queue_will_freeze()); for
//    scl_devices_mutex, whose holder waits a second at most, in scl_observe_begin(); for memory,
//    not under state_mutex; and, if theirs is the last reference, for the release of a device or
//    host: its work items, its error handling thread and RCU, none of which comes here. The holder
//    of a reference is waited for as long as it takes, and the log names a device. Meanwhile the
//    chain of module notifiers is held for reading: a caller that registers one waits, and behind
//    it one that loads a module. A holder that needs either before its put waits for itself
//    (scsi_lifecycle_get() says so).
#include "api/api.h"
#include "hooks.h"

/**
 * scl_module_unloads - let no object refer to the devices of an LLD
 * @lld: the module, whose exit has run; any other module may have left a consumer
 *
 * Context: may sleep; not from a read section of scl_srcu.
 */
void scl_module_unloads(struct module *lld)
{
	scl_consumers_unload(lld);
	synchronize_srcu(&scl_srcu);
	scl_hosts_forget_lld(lld);
	scl_references_drain(lld);
}

static int module_event(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == MODULE_STATE_GOING)
		scl_module_unloads(data);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = module_event,
};

int scl_module_register(void)
{
	return register_module_notifier(&notifier);
}

void scl_module_unregister(void)
{
	unregister_module_notifier(&notifier);
}
