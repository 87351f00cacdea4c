// SPDX-License-Identifier: GPL-2.0
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "sdev/sdev.h"
#include "teardown.h"

/*
 * At reboot, for a path whose transport has no known timer: longer than the failovers of arrays and
 * the resets of adapters that may bring it back (iSCSI's own default is 120 s, and so is
 * aacraid's), and shorter than an administrator waits for a machine to come back.
 */
#define REBOOT_TMO	180

/* A transport with a timer of its own acts before this one expires. */
#define REBOOT_MARGIN	10

static unsigned int teardown_tmo = 5;
static unsigned int flush_tmo = SCL_TMO_DEFAULT;
static unsigned int reboot_tmo = SCL_TMO_DEFAULT;
static unsigned int hold_max = 30;

/**
 * scl_tmo_parse - parse a timeout as the administrator writes it
 * @text: decimal seconds, or "off", or "default"; one newline may follow
 * @tmo: the result, in seconds, or SCL_TMO_OFF or SCL_TMO_DEFAULT
 *
 * Context: any.
 * Return: 0, or -EINVAL with @tmo unchanged.
 */
int scl_tmo_parse(const char *text, unsigned int *tmo)
{
	unsigned int seconds;

	if (sysfs_streq(text, "off")) {
		*tmo = SCL_TMO_OFF;
		return 0;
	}
	if (sysfs_streq(text, "default")) {
		*tmo = SCL_TMO_DEFAULT;
		return 0;
	}
	/* kstrtouint() takes a sign; a timeout has none. */
	if (!isdigit(text[0]) || kstrtouint(text, 10, &seconds) || seconds > SCL_TMO_MAX)
		return -EINVAL;
	*tmo = seconds;
	return 0;
}

/**
 * scl_tmo_format - write a timeout as scl_tmo_parse() reads it
 * @buf: where to
 * @size: of @buf
 * @tmo: seconds, or SCL_TMO_OFF or SCL_TMO_DEFAULT
 *
 * Context: any.
 * Return: the number of characters.
 */
int scl_tmo_format(char *buf, size_t size, unsigned int tmo)
{
	if (tmo == SCL_TMO_OFF)
		return scnprintf(buf, size, "off\n");
	if (tmo == SCL_TMO_DEFAULT)
		return scnprintf(buf, size, "default\n");
	return scnprintf(buf, size, "%u\n", tmo);
}

static scl_ms to_ms(unsigned int tmo)
{
	return tmo == SCL_TMO_OFF ? SCL_NEVER : tmo * (scl_ms)MSEC_PER_SEC;
}

static scl_ms reboot_default(scl_ms transport)
{
	return transport == SCL_NEVER ? to_ms(REBOOT_TMO) : transport + to_ms(REBOOT_MARGIN);
}

/**
 * scl_limits - the limits in force for a device
 * @host: the host's override
 * @device: the device's override
 * @first_try: milliseconds that sd gives its first try to flush
 * @transport: milliseconds after which its transport gives a path up; SCL_NEVER: not known
 *
 * As long as flush_tmo and reboot_tmo are not set, no flush is cut short that stock would complete,
 * whatever the timers of the device and its transport are, but for a reboot whose transport has no
 * timer, or whose host is in error handling for longer than both limits.
 *
 * Context: any. Values that change meanwhile take effect at the next poll.
 * Return: the limits.
 */
struct scl_limits scl_limits(unsigned int host, unsigned int device, scl_ms first_try,
			     scl_ms transport)
{
	unsigned int teardown = device != SCL_TMO_DEFAULT ? device :
				host != SCL_TMO_DEFAULT ? host : READ_ONCE(teardown_tmo);
	unsigned int flush = READ_ONCE(flush_tmo), reboot = READ_ONCE(reboot_tmo);

	return (struct scl_limits){
		.teardown = to_ms(teardown),
		.reboot = reboot == SCL_TMO_DEFAULT ? reboot_default(transport) : to_ms(reboot),
		.flush = flush == SCL_TMO_DEFAULT ? scl_flush_default(first_try) : to_ms(flush),
		.flush_set = flush != SCL_TMO_DEFAULT,
		.hold = to_ms(READ_ONCE(hold_max)),
	};
}

/**
 * scl_limits_of - the limits in force for a device
 * @host: the host
 * @device: its object, or NULL
 * @sdev: the device
 *
 * Context: may sleep. Caller holds a reference on @sdev, or runs its removal.
 */
struct scl_limits scl_limits_of(const struct scl_host *host, const struct scl_device *device,
				struct scsi_device *sdev)
{
	return scl_limits(READ_ONCE(host->teardown_tmo),
			  device ? READ_ONCE(device->teardown_tmo) : SCL_TMO_DEFAULT,
			  scl_sdev_first_try(sdev), scl_transport_tmo(sdev));
}

/**
 * scl_hold_allowed - may a file hold a device?
 *
 * Context: any.
 */
bool scl_hold_allowed(void)
{
	return READ_ONCE(hold_max);
}

static int set(const char *val, const struct kernel_param *kp, bool has_default)
{
	unsigned int tmo;
	int err = val ? scl_tmo_parse(val, &tmo) : -EINVAL;

	if (err || (tmo == SCL_TMO_DEFAULT && !has_default)) {
		pr_warn("%s: \"%*pE\" is neither seconds nor \"off\"%s\n", kp->name,
			val ? (int)strcspn(val, "\n") : 0, val,
			has_default ? " nor \"default\"" : "");
		return -EINVAL;
	}
	WRITE_ONCE(*(unsigned int *)kp->arg, tmo);
	return 0;
}

static int tmo_set(const char *val, const struct kernel_param *kp)
{
	return set(val, kp, false);
}

static int tmo_or_default_set(const char *val, const struct kernel_param *kp)
{
	return set(val, kp, true);
}

static int seconds_set(const char *val, const struct kernel_param *kp)
{
	unsigned int tmo;

	/* A hold without a limit would be a removal that hangs. */
	if (!val || scl_tmo_parse(val, &tmo) || tmo > SCL_TMO_MAX) {
		pr_warn("%s: \"%*pE\" is not seconds\n", kp->name,
			val ? (int)strcspn(val, "\n") : 0, val);
		return -EINVAL;
	}
	WRITE_ONCE(*(unsigned int *)kp->arg, tmo);
	return 0;
}

static int tmo_get(char *buf, const struct kernel_param *kp)
{
	return scl_tmo_format(buf, PAGE_SIZE, READ_ONCE(*(unsigned int *)kp->arg));
}

static const struct kernel_param_ops tmo_ops = {
	.set = tmo_set,
	.get = tmo_get,
};

static const struct kernel_param_ops tmo_or_default_ops = {
	.set = tmo_or_default_set,
	.get = tmo_get,
};

static const struct kernel_param_ops seconds_ops = {
	.set = seconds_set,
	.get = tmo_get,
};

module_param_cb(teardown_tmo, &tmo_ops, &teardown_tmo, 0644);
MODULE_PARM_DESC(teardown_tmo,
		 "seconds a removal waits for a blocked device; \"off\": for ever; 0: not at all (default 5)");
module_param_cb(flush_tmo, &tmo_or_default_ops, &flush_tmo, 0644);
MODULE_PARM_DESC(flush_tmo,
		 "seconds a removal waits for an LLD to take and answer SYNCHRONIZE CACHE; \"off\": as stock; \"default\": longer than stock waits where it ends");
module_param_cb(reboot_tmo, &tmo_or_default_ops, &reboot_tmo, 0644);
MODULE_PARM_DESC(reboot_tmo,
		 "seconds a reboot waits for a blocked disk; \"off\": for ever; \"default\": 10 s after its transport gives up, or 180");
module_param_cb(hold_max, &seconds_ops, &hold_max, 0644);
MODULE_PARM_DESC(hold_max,
		 "seconds that a removal waits for a blocked device that an open file of its node holds; 0: it may not be held (default 30)");
