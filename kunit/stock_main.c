// SPDX-License-Identifier: GPL-2.0
//
// The comparison for kernels without KUnit: the module loads if nothing differs.
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/err.h>
#include <linux/module.h>

#include "compare.h"
#include "disk.h"

static bool patched;
module_param(patched, bool, 0444);
MODULE_PARM_DESC(patched, "scsi_lifecycle_livepatch is enabled: nothing may differ");

struct tally {
	unsigned int equal, differ, wrong;
};

static void count(const struct scl_compared *pair, void *data)
{
	struct tally *tally = data;

	if (pair->wrong) {
		tally->wrong++;
		pr_err(SCL_PAIR_FORMAT "\n", SCL_PAIR_ARGS(pair));
	} else if (pair->equal) {
		tally->equal++;
	} else {
		tally->differ++;
		pr_debug(SCL_PAIR_FORMAT "\n", SCL_PAIR_ARGS(pair));
	}
}

static int __init stock_init(void)
{
	struct scsi_device *sdev = scl_disk_get();
	struct tally tally = {};

	if (IS_ERR(sdev)) {
		pr_err("no disk of scsi_debug\n");
		return PTR_ERR(sdev);
	}
	scl_compare(sdev, patched, count, &tally);
	scl_disk_put(sdev);
	pr_info("%u transitions compared, %u equal, %u differ as listed, %u wrong\n",
		tally.equal + tally.differ + tally.wrong, tally.equal, tally.differ, tally.wrong);
	return tally.wrong ? -EINVAL : 0;
}

static void __exit stock_exit(void)
{
}

module_init(stock_init);
module_exit(stock_exit);

MODULE_DESCRIPTION("Comparison of scsi_lifecycle with the running kernel");
MODULE_IMPORT_NS(SCL_TEST_NAMESPACE);
MODULE_LICENSE("GPL");
