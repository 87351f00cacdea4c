// SPDX-License-Identifier: GPL-2.0
//
// The mid-layer's own entry points, redirected: unmodified transports and LLDs get the functions of
// <scsi/scsi_lifecycle.h>. None of the replaced functions waits for a device, so that enabling and
// disabling this never waits for one either; a transition that is under way when the patch is
// enabled or disabled ends by the rules it began by, and leaves a state that both know. A removal
// that waits for its path when this is disabled is not unblocked by stock: the guard ends its wait.
//
// Disabling waits until no task is in a function of this file, which livepatch finds on the task's
// stack. So each function here calls on and is returned to (Kbuild: -fno-optimize-sibling-calls): a
// task that is in scsi_lifecycle.ko is on this file's stack too, and the module's text stays until
// the task has returned.
#include <linux/build_bug.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/stringify.h>
#include <scsi/scsi_lifecycle.h>

#include "compat.h"
#include "force.h"
#include "scsi_lifecycle_version.h"

static int device_set_state(struct scsi_device *sdev, enum scsi_device_state state)
{
	return scsi_lifecycle_set_state(sdev, state);
}

static int block_nowait(struct scsi_device *sdev)
{
	return scsi_lifecycle_block_nowait(sdev);
}

static int unblock_nowait(struct scsi_device *sdev, enum scsi_device_state state)
{
	return scsi_lifecycle_unblock_nowait(sdev, state);
}

SCL_DEFINE_BLOCK_TARGETS(block_targets)
{
	struct Scsi_Host *shost = dev_to_shost(dev);

	if (shost)
		scsi_lifecycle_block(shost, dev);
}

static void target_unblock(struct device *dev, enum scsi_device_state state)
{
	struct Scsi_Host *shost = dev_to_shost(dev);

	if (shost)
		scsi_lifecycle_unblock(shost, dev, state);
}

static int host_block(struct Scsi_Host *shost)
{
	return scsi_lifecycle_host_block(shost);
}

static int host_unblock(struct Scsi_Host *shost, int state)
{
	return scsi_lifecycle_host_unblock(shost, state);
}

/*
 * Livepatch finds a function by its name alone, so the name is imported too: a kernel that has no
 * such function, or another version of it (CONFIG_MODVERSIONS), refuses to load this and names it;
 * and a prototype that differs does not build.
 */
#define REDIRECT(stock, here) {								\
	.old_name = __stringify(stock),							\
	.new_func = (void *)(here) +							\
		    BUILD_BUG_ON_ZERO(!__same_type(stock, here)),			\
}

static struct klp_func functions[SCL_FUNCTIONS + 1] = {
	REDIRECT(scsi_device_set_state, device_set_state),
	REDIRECT(scsi_internal_device_block_nowait, block_nowait),
	REDIRECT(scsi_internal_device_unblock_nowait, unblock_nowait),
	REDIRECT(SCL_BLOCK_TARGETS, block_targets),
	REDIRECT(scsi_target_unblock, target_unblock),
	REDIRECT(scsi_host_block, host_block),
	REDIRECT(scsi_host_unblock, host_unblock),
	{ }
};

static const void *const imported[SCL_FUNCTIONS] __used = {
	scsi_device_set_state,
	scsi_internal_device_block_nowait,
	scsi_internal_device_unblock_nowait,
	SCL_BLOCK_TARGETS,
	scsi_target_unblock,
	scsi_host_block,
	scsi_host_unblock,
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

static int __init livepatch_init(void)
{
	int err = scl_force_register();

	if (err)
		return err;
	err = klp_enable_patch(&patch);
	if (err) {
		/*
		 * Livepatch has reported a function that the kernel does not have, or has more than
		 * once.
		 */
		pr_err("scsi_lifecycle_livepatch: cannot be enabled: %d\n", err);
		scl_force_unregister();
		return err;
	}
	scl_force_begins(functions);
	pr_info("scsi_lifecycle_livepatch: %s enabled: %d functions are redirected, for each task once livepatch has switched it\n",
		THIS_MODULE->version, SCL_FUNCTIONS);
	return 0;
}

/* rmmod is refused as long as the patch is enabled, and in transition. */
static void __exit livepatch_exit(void)
{
	scl_force_unregister();
}

module_init(livepatch_init);
module_exit(livepatch_exit);

MODULE_INFO(livepatch, "Y");
MODULE_DESCRIPTION("scsi_lifecycle for unmodified transports and low-level drivers");
MODULE_LICENSE("GPL");
MODULE_VERSION(SCL_RELEASE);
