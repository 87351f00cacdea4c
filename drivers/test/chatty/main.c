// SPDX-License-Identifier: GPL-2.0
//
// As ses does: a class interface that sends commands to each device when it is added, with the
// mutex of the class held. While the device does not answer, no device of the class can be added or
// removed.
#include "compat.h"

#include <linux/module.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_driver.h>

static int add(struct device *dev)
{
	struct scsi_sense_hdr sense;

	scsi_test_unit_ready(to_scsi_device(dev->parent), 30 * HZ, 3, &sense);
	return 0;
}

SCL_CLASS_ADD(add)

static struct class_interface interface = {
	SCL_CLASS_CALLBACK(add_dev, add),
};

static int __init chatty_init(void)
{
	return scsi_register_interface(&interface);
}

static void __exit chatty_exit(void)
{
	scsi_unregister_interface(&interface);
}

module_init(chatty_init);
module_exit(chatty_exit);

MODULE_DESCRIPTION("A class interface that waits for SCSI devices, for tests");
MODULE_LICENSE("GPL");
