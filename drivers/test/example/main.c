// SPDX-License-Identifier: GPL-2.0
/* A transport that has no path to its host while this is loaded: insmod scsi_example.ko host=N */
#include <linux/module.h>
#include <scsi/scsi_lifecycle.h>

static unsigned int host;
module_param(host, uint, 0);

static void gone(struct scsi_lifecycle_consumer *consumer, const struct scsi_lifecycle_record *last)
{
	pr_info("example: removed, flush %u\n", last->flush);
}

static struct Scsi_Host *shost;
static struct scsi_lifecycle_consumer consumer = { .gone = gone };

static void path_back(void)
{
	scsi_lifecycle_host_unblock(shost, SDEV_RUNNING);
	scsi_lifecycle_detach(&consumer);
	scsi_host_put(shost);
}

static int __init path_lost(void)
{
	struct scsi_device *sdev;
	int err;

	shost = scsi_host_lookup(host);
	if (!shost)
		return -ENODEV;
	sdev = scsi_device_lookup(shost, 0, 0, 0);
	if (sdev) {
		pr_info("example: attached %d\n", scsi_lifecycle_attach(sdev, &consumer));
		scsi_device_put(sdev);
	}
	err = scsi_lifecycle_host_block(shost);
	if (err)
		path_back();
	return err;
}

module_init(path_lost);
module_exit(path_back);
MODULE_LICENSE("GPL");
