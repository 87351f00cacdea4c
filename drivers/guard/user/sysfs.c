// SPDX-License-Identifier: GPL-2.0
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "compat.h"
#include "teardown/teardown.h"
#include "user.h"

static unsigned int *override_of_device(struct scl_device *device)
{
	return device && READ_ONCE(device->stage) < SCL_STAGE_DETACHED ? &device->teardown_tmo :
									 NULL;
}

/*
 * The override of a host or device, or of the device of a node; NULL when it is not remembered. A
 * device's override counts until its driver is detached; its node stays longer.
 */
static unsigned int *override_of(struct device *dev)
{
	struct scl_host *host;

	if (scsi_is_host_device(dev)) {
		host = scl_host_find(dev_to_shost(dev));
		return host ? &host->teardown_tmo : NULL;
	}
	if (scsi_is_sdev_device(dev))
		return override_of_device(scl_device_find(to_scsi_device(dev)));
	return override_of_device(container_of(dev, struct scl_device, dev));
}

static ssize_t show(const unsigned int *tmo, char *buf)
{
	return tmo ? scl_tmo_format(buf, PAGE_SIZE, READ_ONCE(*tmo)) : -ENODEV;
}

static ssize_t teardown_tmo_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	int idx = srcu_read_lock(&scl_srcu);
	ssize_t ret = show(override_of(dev), buf);

	srcu_read_unlock(&scl_srcu, idx);
	return ret;
}

static int parse(struct device *dev, const char *buf, unsigned int *value)
{
	int err = scl_tmo_parse(buf, value);

	if (err)
		dev_warn(dev,
			 "scsi_lifecycle: teardown_tmo: \"%*pE\" is not seconds, nor \"off\", nor \"default\"\n",
			 (int)strcspn(buf, "\n"), buf);
	return err;
}

static ssize_t teardown_tmo_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t count)
{
	unsigned int *tmo, value;
	int idx, err = parse(dev, buf, &value);

	if (err)
		return err;
	idx = srcu_read_lock(&scl_srcu);
	tmo = override_of(dev);
	if (tmo)
		WRITE_ONCE(*tmo, value);
	srcu_read_unlock(&scl_srcu, idx);
	return tmo ? count : -ENODEV;
}

static DEVICE_ATTR_RW(teardown_tmo);

static struct attribute *node_attrs[] = {
	&dev_attr_teardown_tmo.attr,
	NULL
};

static const struct attribute_group node_group = {
	.attrs = node_attrs,
};

/* A node has these attributes when its first event is sent: a udev rule can set them. */
const struct attribute_group *scl_sysfs_node_groups[] = {
	&node_group,
	NULL
};

/**
 * scl_sysfs_add - give a host or device its own teardown_tmo in sysfs
 * @dev: shost_gendev or sdev_gendev, registered
 *
 * If this fails the device is guarded all the same.
 *
 * Context: may sleep.
 */
void scl_sysfs_add(struct device *dev)
{
	if (device_create_file(dev, &dev_attr_teardown_tmo))
		dev_warn(dev, "scsi_lifecycle: no teardown_tmo of its own\n");
}

/**
 * scl_sysfs_remove - remove the attribute
 * @dev: as above; harmless without the attribute
 *
 * Context: may sleep, not in a read section of scl_srcu that a store could wait for.
 */
void scl_sysfs_remove(struct device *dev)
{
	device_remove_file(dev, &dev_attr_teardown_tmo);
}
