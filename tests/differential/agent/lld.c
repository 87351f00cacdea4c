// SPDX-License-Identifier: GPL-2.0
/*
 * Each timeline has a low-level driver of its own, so that it can be unloaded, and that what hangs
 * in one timeline is nothing to the others: scsi_stubborn under another name of the same length.
 */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ORIGINAL "scsi_stubborn"

static size_t read_file(const char *file, char *data, size_t size)
{
	int fd = open(file, O_RDONLY);
	ssize_t len = 0, part;

	if (fd < 0)
		return 0;
	while ((part = read(fd, data + len, size - len)) > 0)
		len += part;
	close(fd);
	return len;
}

static void rename_all(char *image, size_t len, const char *name)
{
	char *at = image;

	while ((at = memmem(at, image + len - at, ORIGINAL, strlen(ORIGINAL))))
		memcpy(at, name, strlen(ORIGINAL));
}

static void insert(const char *name, const char *parameters)
{
	size_t size = 4 << 20, len;
	char *image = malloc(size);

	len = image ? read_file("/modules/" ORIGINAL ".ko", image, size) : 0;
	if (!len)
		die("no " ORIGINAL ".ko");
	rename_all(image, len, name);
	if (syscall(SYS_init_module, image, len, parameters))
		die("insmod %s %s", name, parameters);
	free(image);
}

/* The hosts in the order in which they were added. */
static void find_hosts(struct timeline *t)
{
	char file[128], name[WORD];
	int number, found = 0;

	for (number = 0; found < t->hosts; number++) {
		if (number > 10000)
			die("%s has %d hosts", t->module, found);
		snprintf(file, sizeof(file), "/sys/class/scsi_host/host%d/proc_name", number);
		name[read_file(file, name, sizeof(name) - 1)] = 0;
		if (!strncmp(name, t->module, strlen(t->module)))
			t->host[found++] = number;
	}
}

/*
 * A disk's node comes before its driver is done with it: a rescan waits for that, by the device's
 * lock.
 */
static void find_disk(struct timeline *t, int h, int l)
{
	char pattern[128];
	glob_t found;
	int try;

	snprintf(pattern, sizeof(pattern), "/sys/class/scsi_device/%d:0:0:%d/device/block/sd*",
		 t->host[h], l);
	for (try = 0; glob(pattern, 0, NULL, &found); try++) {
		if (try == 6000)
			die("no disk %s", pattern);
		sleep_until(now() + 10);
	}
	snprintf(t->disk[h][l], WORD, "/dev/%s", strrchr(found.gl_pathv[0], '/') + 1);
	globfree(&found);
	put("1", "/sys/class/scsi_device/%d:0:0:%d/device/rescan", t->host[h], l);
	if (t->timeout) {
		snprintf(pattern, sizeof(pattern), "%d", t->timeout);
		put(pattern, "/sys/class/scsi_device/%d:0:0:%d/device/timeout", t->host[h], l);
	}
}

static void load_stubborn(struct timeline *t)
{
	char parameters[64];

	snprintf(t->module, sizeof(t->module), "scsi_lld%05d", t->number % 100000);
	snprintf(parameters, sizeof(parameters), "hosts=%d luns=%d", t->hosts, t->luns);
	insert(t->module, parameters);
	find_hosts(t);
}

void lld_load(struct timeline *t)
{
	int h, l;

	if (on_iscsi(t))
		iscsi_up(t);
	else
		load_stubborn(t);
	for (h = 0; h < t->hosts; h++) {
		fact("host %d %d %d\n", t->number, h, t->host[h]);
		for (l = 0; l < t->luns; l++)
			find_disk(t, h, l);
	}
	lld_policy(t);
}

/* The administrator's time, where the module is there to know it. */
void lld_policy(const struct timeline *t)
{
	int h;

	if (!strcmp(t->teardown_tmo, "default"))
		return;
	for (h = 0; h < t->hosts; h++)
		put(t->teardown_tmo, "/sys/bus/scsi/devices/host%d/teardown_tmo", t->host[h]);
}

int lld_unload(const struct timeline *t)
{
	return syscall(SYS_delete_module, t->module, O_NONBLOCK) ? errno : 0;
}
