// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "consumer.h"
#include "departure.h"
#include "guard.h"
#include "host.h"
#include "life.h"
#include "node.h"
#include "observe.h"
#include "record.h"
#include "reference.h"
#include "rescue.h"

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
	err = scl_lives_init();
	if (err)
		goto err_nodes;
	err = scl_consumers_init();
	if (err)
		goto err_lives;
	err = scl_gate_register();
	if (err)
		goto err_consumers;
	scl_observe_init();
	err = scl_bus_register();
	if (err)
		goto err_gate;
	scl_departure_register();
	err = scl_reboot_register();
	if (err)
		goto err_bus;
	scl_view_create();
	/*
	 * Before the class, whose mutex may be held by what waits for a device in a removal that hangs: a class interface
	 * that speaks to it, such as ses. And after it, for a removal that began and left the class in between.
	 */
	scl_rescue();
	err = scl_class_register();
	if (err)
		goto err_view;
	scl_rescue();
	return 0;

err_view:
	scl_view_remove();
	scl_reboot_unregister();
err_bus:
	scl_hosts_forget_all();
	scl_bus_unregister();
	scl_departure_unregister();
err_gate:
	scl_gate_unregister();
err_consumers:
	scl_consumers_exit();
err_lives:
	scl_lives_exit();
err_nodes:
	scl_nodes_exit();
err_hosts:
	scl_records_forget_all();
	scl_observe_exit();
	scl_hosts_exit();
	srcu_barrier(&scl_srcu);
	return err;
}

/*
 * 1. No more looks from outside: the view, reboot and the class are cut off first, each waiting for its
 *    callers to leave.
 * 2. The bus still tells of hosts that go while the records of all hosts are forgotten, so that none of
 *    them outlives its host; from the first one on no new record is made. Lives end with their host's record. The
 *    rest of them end when the bus begins no new one any more; nobody speaks of one, for who has a node open, or is
 *    a consumer, keeps this module.
 * 3. With no record left the bus and the gate have nothing to tell. A reference that its holder forgot may
 *    still keep the gate, and who is in it is waited for, so that goes first. Only RCU callbacks remain, and
 *    they are waited for.
 * Removals that still wait go on waiting, as they would without this module.
 */
static void __exit scl_exit(void)
{
	scl_view_remove();
	scl_reboot_unregister();
	scl_class_unregister();
	scl_hosts_forget_all();
	scl_bus_unregister();
	scl_lives_exit();
	scl_departure_unregister();
	scl_references_exit();
	scl_gate_unregister();
	scl_consumers_exit();
	scl_nodes_exit();
	scl_records_forget_all();
	scl_observe_exit();
	scl_hosts_exit();
	srcu_barrier(&scl_srcu);
}

module_init(scl_init);
module_exit(scl_exit);

MODULE_DESCRIPTION("A SCSI device that goes away, goes away");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
