// SPDX-License-Identifier: GPL-2.0
//
// How long a transport waits for a path before it gives the path up by itself.
//
// Transports are told apart by the names of their classes: their modules need not be loaded, and
// none of their functions is called.
#include <linux/limits.h>
#include <linux/string.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_transport.h>
#include <scsi/scsi_transport_fc.h>
#include <scsi/scsi_transport_iscsi.h>
#include <scsi/scsi_transport_srp.h>

#include "teardown.h"

static bool begins(const struct device *dev, const char *prefix)
{
	return dev && str_has_prefix(dev_name(dev), prefix);
}

/* Off: negative, or no less than FC's "never". */
static scl_ms seconds(long tmo)
{
	return tmo < 0 || tmo >= INT_MAX ? SCL_NEVER : tmo * (scl_ms)MSEC_PER_SEC;
}

/*
 * The two timers of an SRP port act under its mutex, which srp_reconnect_rport() of
 * drivers/scsi/scsi_transport_srp.c holds while the LLD logs in again. ib_srp's login is given up
 * after 16 requests (drivers/infiniband/core/cma.c), each of which waits 4.1 s and twice the life
 * time of a packet (ib_send_cm_req() of cm.c): 98.3 s for one of 1.0 s, which RoCE has on 6.1,
 * and as a rule InfiniBand. If the login succeeds in that time, the port is not given up.
 */
#define SRP_LOGIN_MS	(100 * MSEC_PER_SEC)

/* The first of them that is set ends the block. */
static scl_ms first_of(long fast_io_fail, long dev_loss)
{
	return min(seconds(fast_io_fail), seconds(dev_loss));
}

static scl_ms fc_tmo(struct device *parent)
{
	struct fc_rport *rport;

	if (!begins(parent, "rport-"))
		return SCL_NEVER;
	rport = dev_to_rport(parent);
	return first_of(READ_ONCE(rport->fast_io_fail_tmo), READ_ONCE(rport->dev_loss_tmo));
}

static scl_ms iscsi_tmo(struct device *parent)
{
	struct iscsi_cls_session *session;

	if (!begins(parent, "session"))
		return SCL_NEVER;
	session = container_of(parent, struct iscsi_cls_session, dev);
	return seconds(READ_ONCE(session->recovery_tmo));
}

static int srp_port(struct device *dev, void *data)
{
	struct srp_rport *rport = container_of(dev, struct srp_rport, dev);
	scl_ms *tmo = data;

	if (!begins(dev, "port-"))
		return 0;
	*tmo = first_of(READ_ONCE(rport->fast_io_fail_tmo), READ_ONCE(rport->dev_loss_tmo));
	if (*tmo != SCL_NEVER)
		*tmo += SRP_LOGIN_MS;
	return 0;
}

static scl_ms srp_tmo(struct Scsi_Host *shost)
{
	scl_ms tmo = SCL_NEVER;

	device_for_each_child(&shost->shost_gendev, &tmo, srp_port);
	return tmo;
}

/**
 * scl_transport_tmo - how long a transport that blocked a device waits at most before it gives the
 * path up
 * @sdev: the device
 *
 * The FC and iSCSI classes have the target under a remote port or session of theirs, the SRP class
 * one port under the host.
 *
 * Context: may sleep. Caller holds a reference on @sdev.
 * Return: milliseconds, 0 included; SCL_NEVER: it never does, or its limit is not known.
 */
scl_ms scl_transport_tmo(struct scsi_device *sdev)
{
	struct device *parent = scsi_target(sdev)->dev.parent;
	const struct scsi_transport_template *transport = sdev->host->transportt;
	const struct class *class = transport ? transport->host_attrs.ac.class : NULL;

	if (!class)
		return SCL_NEVER;
	if (!strcmp(class->name, "fc_host"))
		return fc_tmo(parent);
	if (!strcmp(class->name, "iscsi_host"))
		return iscsi_tmo(parent);
	if (!strcmp(class->name, "srp_host"))
		return srp_tmo(sdev->host);
	return SCL_NEVER;
}
