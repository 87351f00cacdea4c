// SPDX-License-Identifier: GPL-2.0
// What the kernel says: its log, and its events of SCSI devices and of the module's nodes.
#include "agent.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Neither has a time of its own that is told: when it is read counts, however busy the machine is.
 */
static void come_first(void)
{
	struct sched_param param = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("no real-time priority");
}

static void *read_log(void *arg)
{
	char record[8192], *text;
	int fd = *(int *)arg;
	ssize_t len;

	prctl(PR_SET_NAME, "agent.log");
	come_first();
	while ((len = read(fd, record, sizeof(record) - 1)) != 0) {
		if (len < 0)
			continue;	/* records that were overwritten */
		record[len] = 0;
		text = strchr(record, ';');
		if (text)
			fact("log %.1f %.*s\n", now(), (int)strcspn(text + 1, "\n"), text + 1);
	}
	return NULL;
}

/* A message is strings: action@path, and then NAME=VALUE. */
static void tell_event(const char *message, ssize_t len)
{
	const char *end = message + len, *each, *at = strchr(message, '@');
	const char *path = at ? strrchr(at, '/') : NULL;
	const char *subsystem = "";

	for (each = message; each < end; each += strlen(each) + 1) {
		if (!strncmp(each, "SUBSYSTEM=", 10))
			subsystem = each + 10;
	}
	if (!path || strncmp(subsystem, "scsi", 4))
		return;
	flockfile(port);
	fact("uevent %.1f %s %.*s %s", now(), subsystem, (int)(at - message), message, path + 1);
	for (each = message; each < end; each += strlen(each) + 1) {
		if (!strncmp(each, "SCSI_LIFECYCLE_", 15) || !strncmp(each, "DEVTYPE=", 8))
			fact(" %s", each);
	}
	fact("\n");
	funlockfile(port);
}

static void *read_events(void *arg)
{
	char message[8192];
	int fd = *(int *)arg;
	ssize_t len;

	prctl(PR_SET_NAME, "agent.events");
	come_first();
	for (;;) {
		len = recv(fd, message, sizeof(message) - 1, 0);
		if (len < 0)
			die("events were lost");
		message[len] = 0;
		tell_event(message, len);
	}
}

void listen_start(void)
{
	static struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	static int log_fd, event_fd;
	int size = 16 << 20;

	log_fd = open("/dev/kmsg", O_RDONLY);
	if (log_fd < 0)
		die("/dev/kmsg");
	lseek(log_fd, 0, SEEK_END);
	event_fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (event_fd < 0 || setsockopt(event_fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    bind(event_fd, (struct sockaddr *)&address, sizeof(address)))
		die("no events of the kernel's");
	start_thread(read_log, &log_fd);
	start_thread(read_events, &event_fd);
}
