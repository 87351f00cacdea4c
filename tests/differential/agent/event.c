// SPDX-License-Identifier: GPL-2.0
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#define CONTROL "/sys/kernel/debug/scsi_flaky/control"

/* "H" and "H:L" of the timeline are a target and a device of the kernel's. */
static void address(const struct event *e, char *text, size_t size)
{
	int h, l, n = sscanf(e->where, "%d:%d", &h, &l);

	if (n == 2)
		snprintf(text, size, "%d:0:0:%d", e->timeline->host[h], l);
	else
		snprintf(text, size, "%d:0:0", e->timeline->host[h]);
}

/* A transport that gives a path up does not let its LLD take commands for it either. */
static void give_up(const struct event *e, bool gone)
{
	int h, l, lun, n = sscanf(e->where, "%d:%d", &h, &lun);
	char order[WORD];

	for (l = 0; l < e->timeline->luns; l++) {
		if (n == 2 && l != lun)
			continue;
		snprintf(order, sizeof(order), "%d:%d any gone %d", h, l, gone);
		put(order, "/sys/module/%s/parameters/fault", e->timeline->module);
	}
}

static int transport(const struct event *e)
{
	char line[WORD * 2], where[WORD];

	if (on_iscsi(e->timeline) && !strcmp(e->verb, "block"))
		return iscsi_do(e->timeline, "break");
	if (on_iscsi(e->timeline) && !strcmp(e->verb, "unblock"))
		return iscsi_do(e->timeline, "mend");
	if (!strcmp(e->verb, "fail") || !strcmp(e->verb, "unblock"))
		give_up(e, e->verb[0] == 'f');
	address(e, where, sizeof(where));
	snprintf(line, sizeof(line), "%s %s", e->verb, where);
	return put(line, CONTROL);
}

static int fault(const struct event *e)
{
	char line[WORD * 4 + 4];

	/* "busy 0:3 flush 1" is "0:3 flush busy 1" in the LLD's order. */
	char kind[WORD], n[WORD];

	if (sscanf(e->rest, "%63s %63s", kind, n) != 2)
		return EINVAL;
	snprintf(line, sizeof(line), "%s %s %s %s", e->where, kind, e->verb, n);
	return put(line, "/sys/module/%s/parameters/fault", e->timeline->module);
}

static int attribute(const struct event *e, const char *name, const char *text)
{
	char where[WORD];

	address(e, where, sizeof(where));
	return put(text, "/sys/class/scsi_device/%s/device/%s", where, name);
}

static int reboot_now(const struct event *e)
{
	(void)e;
	put("REBOOTING 30\n", "/dev/ttyS1");
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART,
		NULL);
	return errno;
}

static int unplug(const struct event *e)
{
	if (on_iscsi(e->timeline))
		return iscsi_do(e->timeline, "logout");
	return put("1", "/sys/devices/%s.%s/unplug", e->timeline->module, e->where);
}

static int load_modules(const struct event *e)
{
	int status = system("/load guard");

	lld_policy(e->timeline);
	return status ?: system("/load livepatch");
}

static int carry_out(const struct event *e)
{
	static const char *const transports[] = { "block",   "unblock", "fail",
						  "offline", "quiesce", "resume" };
	static const char *const faults[] = { "busy", "swallow", "slow" };
	size_t i;

	for (i = 0; i < sizeof(transports) / sizeof(*transports); i++) {
		if (!strcmp(e->verb, transports[i]))
			return transport(e);
	}
	for (i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		if (!strcmp(e->verb, faults[i]))
			return fault(e);
	}
	if (!strcmp(e->verb, "online"))
		return attribute(e, "state", "running\n");
	if (!strcmp(e->verb, "delete"))
		return attribute(e, "delete", "1");
	if (!strcmp(e->verb, "unplug"))
		return unplug(e);
	if (!strcmp(e->verb, "rmmod"))
		return lld_unload(e->timeline);
	if (!strcmp(e->verb, "load"))
		return load_modules(e);
	if (!strcmp(e->verb, "reboot"))
		return reboot_now(e);
	return EINVAL;
}

void *event_run(void *arg)
{
	struct event *e = arg;

	name_thread(e->timeline, e->verb, &e->tid);
	sleep_until(e->timeline->start + e->at);
	e->begin = now();
	fact("begin %d %d %.1f\n", e->timeline->number, e->index, e->begin);
	e->error = carry_out(e);
	e->end = now();
	fact("end %d %d %.1f %d\n", e->timeline->number, e->index, e->end, e->error);
	return NULL;
}
