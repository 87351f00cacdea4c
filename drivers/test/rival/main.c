// SPDX-License-Identifier: GPL-2.0
//
// Another livepatch, for tests: it takes one function, or with replace=1 the place of all other
// livepatches.
#include <linux/livepatch.h>
#include <linux/module.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

static bool replace;
module_param(replace, bool, 0);
MODULE_PARM_DESC(replace, "replace all other livepatches");

static int host_unblock(struct Scsi_Host *shost, int state)
{
	return -EOPNOTSUPP;
}

static struct klp_func functions[] = {
	{ .old_name = "scsi_host_unblock", .new_func = host_unblock },
	{ }
};

static struct klp_object objects[] = {
	{
		.name = IS_MODULE(CONFIG_SCSI) ? "scsi_mod" : NULL,
		.funcs = functions,
	},
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init rival_init(void)
{
	patch.replace = replace;
	return klp_enable_patch(&patch);
}

static void __exit rival_exit(void)
{
}

module_init(rival_init);
module_exit(rival_exit);

MODULE_INFO(livepatch, "Y");
MODULE_DESCRIPTION("A livepatch beside that of scsi_lifecycle, for tests");
MODULE_LICENSE("GPL");
