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

/*
 * What the line of the device in debugfs has, of the device of a node, one value a file. A reader
 * takes state_mutex, in which no removal waits for a device, and a reference, whose drop may run
 * the release; the worker that removes the node waits for it, and holds none of that. For root
 * alone: a removal waits for the mutex too.
 */
static ssize_t status_show(struct device *dev, bool with_blocker, char *buf,
			   ssize_t (*show)(const struct scl_status *status,
					   const struct scl_blocker *blocker, unsigned int host_no,
					   char *buf))
{
	struct scl_device *device = container_of(dev, struct scl_device, dev);
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_host *host = scl_device_host(device);
	struct scsi_device *sdev = host ? scl_device_get_sdev(device) : NULL;
	struct scl_blocker blocker = {};
	struct scl_status status;
	ssize_t ret = -ENODEV;

	if (sdev) {
		if (with_blocker)
			blocker = scl_blocker_for(host, device, sdev);
		status = scl_status_of(host, device, sdev, &blocker);
		ret = show(&status, &blocker, device->host_no, buf);
		put_device(&sdev->sdev_gendev);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return ret;
}

#define STATUS_ATTR(_name, with_blocker)						\
	static ssize_t _name##_show(struct device *dev, struct device_attribute *attr,	\
				    char *buf)						\
	{										\
		return status_show(dev, with_blocker, buf, show_##_name);		\
	}										\
	static DEVICE_ATTR_ADMIN_RO(_name)

static ssize_t show_state(const struct scl_status *status, const struct scl_blocker *blocker,
			  unsigned int host_no, char *buf)
{
	return sysfs_emit(buf, "%s\n", scl_phase_name(status->state.phase));
}
STATUS_ATTR(state, false);

static ssize_t show_blocked(const struct scl_status *status, const struct scl_blocker *blocker,
			    unsigned int host_no, char *buf)
{
	return sysfs_emit(buf, "%s\n", status->state.blocked ? "yes" : "no");
}
STATUS_ATTR(blocked, false);

static ssize_t show_since(const struct scl_status *status, const struct scl_blocker *blocker,
			  unsigned int host_no, char *buf)
{
	return sysfs_emit(buf, "%llu\n", status->since);
}
STATUS_ATTR(since, false);

static ssize_t show_deadline(const struct scl_status *status, const struct scl_blocker *blocker,
			     unsigned int host_no, char *buf)
{
	char text[SCL_STATUS_TEXT];

	scl_status_deadline(text, sizeof(text), status);
	return sysfs_emit(buf, "%s\n", text);
}
STATUS_ATTR(deadline, false);

static ssize_t show_waits_for(const struct scl_status *status, const struct scl_blocker *blocker,
			      unsigned int host_no, char *buf)
{
	char text[SCL_STATUS_TEXT];

	scl_status_waits_for(text, sizeof(text), status, host_no, blocker);
	return sysfs_emit(buf, "%s\n", text);
}
STATUS_ATTR(waits_for, true);

static ssize_t holds_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct scl_device *device = container_of(dev, struct scl_device, dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(device->openers.holding));
}
static DEVICE_ATTR_RO(holds);

static ssize_t number_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", container_of(dev, struct scl_device, dev)->number);
}
static DEVICE_ATTR_RO(number);

/* Takes no mutex. */
static bool names_of(struct device *dev, struct scl_names *names)
{
	struct scl_device *device = container_of(dev, struct scl_device, dev);
	int idx = srcu_read_lock(&scl_srcu);
	struct scsi_device *sdev = scl_device_get_sdev(device);

	if (sdev) {
		scl_status_names(device, sdev, names);
		put_device(&sdev->sdev_gendev);
	}
	srcu_read_unlock(&scl_srcu, idx);
	return sdev;
}

static ssize_t disk_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct scl_names names;

	return names_of(dev, &names) ? sysfs_emit(buf, "%s\n", scl_or_dash(names.disk)) : -ENODEV;
}
static DEVICE_ATTR_RO(disk);

static ssize_t wwid_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct scl_names names;

	return names_of(dev, &names) ? sysfs_emit(buf, "%s\n", scl_or_dash(names.wwid)) : -ENODEV;
}
static DEVICE_ATTR_RO(wwid);

static struct attribute *node_attrs[] = {
	&dev_attr_teardown_tmo.attr,
	&dev_attr_number.attr,
	&dev_attr_state.attr,
	&dev_attr_blocked.attr,
	&dev_attr_since.attr,
	&dev_attr_deadline.attr,
	&dev_attr_waits_for.attr,
	&dev_attr_holds.attr,
	&dev_attr_disk.attr,
	&dev_attr_wwid.attr,
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

/* As the debugfs file of this name, which a kernel may not have mounted. */
static ssize_t counters_show(scl_attribute_class *class, scl_class_attribute *attr, char *buf)
{
	return scl_counts_format(buf, PAGE_SIZE);
}
static CLASS_ATTR_RO(counters);

/* The last removals, as many as fit into the page that a file of sysfs may have. */
static ssize_t removed_show(scl_attribute_class *class, scl_class_attribute *attr, char *buf)
{
	return scl_removed_format(buf, PAGE_SIZE);
}
static CLASS_ATTR_RO(removed);

static struct attribute *class_attrs[] = {
	&class_attr_counters.attr,
	&class_attr_removed.attr,
	NULL
};

static const struct attribute_group class_group = {
	.attrs = class_attrs,
};

const struct attribute_group *scl_sysfs_class_groups[] = {
	&class_group,
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
