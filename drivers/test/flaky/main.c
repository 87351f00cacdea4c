// SPDX-License-Identifier: GPL-2.0
#include "control.h"
#include "gate.h"

#include <linux/module.h>

static int __init flaky_init(void)
{
	int ret;

	ret = flaky_gate_init();
	if (ret)
		return ret;
	ret = flaky_control_init();
	if (ret)
		flaky_gate_exit();
	return ret;
}

static void __exit flaky_exit(void)
{
	flaky_control_exit();
	flaky_gate_exit();
}

module_init(flaky_init);
module_exit(flaky_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A SCSI transport that fails on command, for tests");
