// SPDX-License-Identifier: GPL-2.0
#include <linux/cpu.h>
#include <linux/module.h>

#include "api/api.h"
#include "hooks/hooks.h"
#include "scsi_lifecycle_version.h"
#include "teardown/teardown.h"
#include "user/user.h"

DEFINE_SRCU(scl_srcu);

static int __init scl_init(void)
{
	int err;

	err = scl_hosts_init();
	if (err)
		return err;
	err = scl_nodes_init();
	if (err)
		goto err_hosts;
	err = scl_devices_init(scl_uevent_work, scl_lifetime_end);
	if (err)
		goto err_nodes;
	err = scl_consumers_init();
	if (err)
		goto err_devices;
	err = scl_module_register();
	if (err)
		goto err_consumers;
	scl_observe_init();
	/* Before the bus: each removal whose detached driver is announced has its end announced. */
	scl_container_register();
	err = scl_bus_register();
	if (err)
		goto err_container;
	scl_debugfs_create();
	err = scl_adopt_init();
	if (err)
		goto err_debugfs;
	scl_monitor_begin();
	/*
	 * Before the class, whose mutex a removal that hangs may hold while it waits for a device:
	 * a class interface that sends it commands, such as ses. And once more after the class, for
	 * a removal that began and left the class in between.
	 */
	scl_adopt(true);
	err = scl_class_register();
	if (err)
		goto err_adopt;
	scl_adopt(true);
	/*
	 * Last: it waits for the notifiers of a reboot that run, and one of them may hang in a
	 * blocked disk (md_notify_reboot() of drivers/md/md.c).
	 */
	err = scl_reboot_register();
	if (err)
		goto err_class;
	scl_reboot_notice();
	scl_report_load();
	return 0;

err_class:
	scl_class_unregister();
err_adopt:
	scl_adopt_exit();
err_debugfs:
	scl_debugfs_remove();
	scl_hosts_forget_all();
	scl_monitor_end();
	scl_bus_unregister();
err_container:
	scl_container_unregister();
	scl_module_unregister();
err_consumers:
	scl_consumers_exit();
err_devices:
	scl_lifetimes_end(NULL, SCL_STAGE_EVENT_FORGOTTEN);
	scl_devices_exit();
err_nodes:
	scl_nodes_exit();
err_hosts:
	scl_observe_exit();
	scl_expedite_exit();
	scl_hosts_exit();
	srcu_barrier(&scl_srcu);
	return err;
}

/*
 * 1. No more calls from outside: debugfs, reboot and the class are unregistered first, and each
 *    waits for its callers to return.
 * 2. The bus still announces the removal of hosts while all hosts are forgotten, so that none of
 *    them is remembered after its removal; from the first one on none is remembered anew. Devices
 *    end with their host. The remaining devices end when the bus announces no new one any more; no
 *    file of a node is open and no consumer is attached, for each keeps this module.
 * 3. With no device left the bus and the module notifier have nothing to do. An unload of an LLD
 *    may still wait in the notifier for a reference that its holder forgot, and the unregistering
 *    waits for that unload, so the references are dropped first. Only RCU callbacks remain, and
 *    they are waited for.
 * Removals that still wait go on waiting where they would without this module; where stock would
 * not have left them waiting, they go on as on stock: scl_event_to_give_back().
 */
static void __exit scl_exit(void)
{
	scl_hosts_give_back();
	scl_adopt_exit();
	scl_debugfs_remove();
	scl_reboot_unregister();
	scl_class_unregister();
	/*
	 * A CPU that goes offline may wait for a command of a removal (blk_mq_hctx_notify_offline()
	 * of block/blk-mq.c), and what follows waits for the CPU: first that removal's deadline, if
	 * it has one. (One that begins to go after this, before the probe of observe.c is
	 * unregistered, waits until the command's transport ends it, as on stock; and this waits
	 * with it.)
	 */
	cpus_read_lock();
	cpus_read_unlock();
	scl_hosts_forget_all();
	scl_monitor_end();
	scl_bus_unregister();
	scl_container_unregister();
	scl_lifetimes_end(NULL, SCL_STAGE_EVENT_FORGOTTEN);
	scl_references_exit();
	scl_module_unregister();
	scl_consumers_exit();
	scl_devices_exit();
	scl_nodes_exit();
	scl_observe_exit();
	scl_expedite_exit();
	scl_hosts_exit();
	srcu_barrier(&scl_srcu);
}

module_init(scl_init);
module_exit(scl_exit);

MODULE_DESCRIPTION("A SCSI device that goes away, goes away");
MODULE_LICENSE("GPL");
MODULE_VERSION(SCL_RELEASE);
