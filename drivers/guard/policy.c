// SPDX-License-Identifier: GPL-2.0
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "guard.h"
#include "policy.h"

static scl_ms teardown_tmo = 5 * MSEC_PER_SEC;
static scl_ms flush_tmo = 60 * MSEC_PER_SEC;

/**
 * scl_tmo_parse - read a timeout as the administrator writes it
 * @text: decimal seconds, or "off"; one newline may follow
 * @tmo: the result in milliseconds, SCL_NEVER for "off"
 *
 * Context: any.
 * Return: 0, or -EINVAL with @tmo unchanged.
 */
int scl_tmo_parse(const char *text, scl_ms *tmo)
{
	unsigned int seconds;

	if (sysfs_streq(text, "off")) {
		*tmo = SCL_NEVER;
		return 0;
	}
	/* kstrtouint() takes a sign; a timeout has none. */
	if (!isdigit(text[0]) || kstrtouint(text, 10, &seconds))
		return -EINVAL;
	*tmo = seconds * (scl_ms)MSEC_PER_SEC;
	return 0;
}

/**
 * scl_tmo_format - write a timeout as scl_tmo_parse() reads it
 * @buf: where to
 * @size: of @buf
 * @tmo: milliseconds, SCL_NEVER or SCL_INHERIT
 *
 * Context: any.
 * Return: the number of characters.
 */
int scl_tmo_format(char *buf, size_t size, scl_ms tmo)
{
	if (tmo == SCL_NEVER)
		return scnprintf(buf, size, "off\n");
	if (tmo == SCL_INHERIT)
		return scnprintf(buf, size, "default\n");
	return scnprintf(buf, size, "%llu\n", tmo / MSEC_PER_SEC);
}

/**
 * scl_limits - the limits in force for a device
 * @host: the host's override, or SCL_INHERIT
 * @device: the device's override, or SCL_INHERIT
 *
 * Context: any. Values that change meanwhile are seen at the next look.
 * Return: the limits.
 */
struct scl_limits scl_limits(scl_ms host, scl_ms device)
{
	return (struct scl_limits){
		.teardown = device != SCL_INHERIT ? device :
			    host != SCL_INHERIT ? host : READ_ONCE(teardown_tmo),
		.flush = READ_ONCE(flush_tmo),
	};
}

static int tmo_set(const char *val, const struct kernel_param *kp)
{
	scl_ms tmo;
	int err = val ? scl_tmo_parse(val, &tmo) : -EINVAL;

	if (err) {
		pr_warn("%s: \"%*pE\" is neither seconds nor \"off\"\n", kp->name,
			val ? (int)strcspn(val, "\n") : 0, val);
		return err;
	}
	WRITE_ONCE(*(scl_ms *)kp->arg, tmo);
	return 0;
}

static int tmo_get(char *buf, const struct kernel_param *kp)
{
	return scl_tmo_format(buf, PAGE_SIZE, READ_ONCE(*(scl_ms *)kp->arg));
}

static const struct kernel_param_ops tmo_ops = {
	.set = tmo_set,
	.get = tmo_get,
};

module_param_cb(teardown_tmo, &tmo_ops, &teardown_tmo, 0644);
MODULE_PARM_DESC(teardown_tmo,
		 "seconds a removal waits for a blocked device; \"off\": for ever; 0: not at all (default 5)");
module_param_cb(flush_tmo, &tmo_ops, &flush_tmo, 0644);
MODULE_PARM_DESC(flush_tmo,
		 "seconds a removal waits for an LLD to answer SYNCHRONIZE CACHE; \"off\": as stock (default 60)");
