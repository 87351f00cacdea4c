// SPDX-License-Identifier: GPL-2.0
// Every command that the mid-layer hands to an LLD, and what came of it; and when a disk's driver
// said that it flushes: an event, and a line of the log, are told when this has time to read them.
#include "agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRACE "/sys/kernel/tracing/"
#define MOST_HOSTS 1024

static char lasts[MOST_HOSTS][LUNS][2 * WORD];
static double told[MOST_HOSTS][LUNS];

/*
 * A BUSY is tried again every few milliseconds: of the same command's one in a tenth of a second is
 * told.
 */
static bool same_again(int host, int lun, const char *what, const char *opcode, double at)
{
	char *last;

	if (host >= MOST_HOSTS || lun >= LUNS)
		return false;
	last = lasts[host][lun];
	if (!strncmp(last, "error ", 6) && !strcmp(last + 6, opcode) &&
	    at < told[host][lun] + 100 && (!strcmp(what, "start") || !strcmp(what, "error")))
		return true;
	told[host][lun] = at;
	snprintf(last, 2 * WORD, "%s %s", what, opcode);
	return false;
}

static void copy_until(char *to, const char *line, const char *mark, const char *end)
{
	const char *from = strstr(line, mark);

	*to = 0;
	if (from) {
		from += strlen(mark);
		snprintf(to, WORD, "%.*s", (int)strcspn(from, end), from);
	}
}

/* Its time is the word before the event. */
static double time_of(const char *line, const char *event)
{
	const char *stamp = event;

	while (stamp > line && stamp[-1] != ' ')
		stamp--;
	return atof(stamp) * 1e3;
}

static void tell_flushing(const char *line)
{
	const char *event = strstr(line, ": console: ");
	int host, lun;

	if (event && strstr(event, "Synchronizing SCSI cache") &&
	    sscanf(event, ": console: sd %d:%*d:%*d:%d:", &host, &lun) == 2)
		fact("flushing %.1f %d:%d\n", time_of(line, event), host, lun);
}

static void tell_line(const char *line)
{
	char what[WORD], opcode[WORD], host_byte[WORD], status[WORD];
	const char *event = strstr(line, ": scsi_dispatch_cmd_");
	double at;
	int host, lun;

	tell_flushing(line);
	if (!event ||
	    sscanf(event, ": scsi_dispatch_cmd_%15[a-z]: host_no=%d channel=%*d id=%*d lun=%d",
		   what, &host, &lun) != 3)
		return;
	at = time_of(line, event);
	copy_until(opcode, event, "cmnd=(", " )");
	copy_until(host_byte, event, "host=DID_", " )");
	copy_until(status, event, "status=SAM_STAT_", " )");
	if (!same_again(host, lun, what, opcode, at))
		fact("cmd %.1f %d:%d %s %s %s %s\n", at, host, lun, what, opcode, host_byte,
		     status);
}

/* Where the machine reboots, each event is a line of the log, which would be an event again. */
void trace_start(bool reboots)
{
	static const char *const events[] = { "start", "error", "done", "timeout" };
	size_t i;

	if (put("mono", TRACE "trace_clock") || put("65536", TRACE "buffer_size_kb"))
		die("no trace");
	for (i = 0; i < sizeof(events) / sizeof(*events); i++) {
		if (put("1", TRACE "events/scsi/scsi_dispatch_cmd_%s/enable", events[i]))
			die("no trace event of SCSI");
	}
	if (!reboots && put("1", TRACE "events/printk/console/enable"))
		die("no trace event of the log");
	put("1", TRACE "tracing_on");
}

/* What LIO has answered, where there is one: the script that makes it has the trace made. */
void trace_tell_target(void)
{
	FILE *in = fopen(TRACE "instances/target/trace", "r");
	char line[1024];
	int flushes = 0;

	if (!in)
		return;
	while (fgets(line, sizeof(line), in)) {
		if (strstr(line, " target_cmd_complete: ") && strstr(line, "SYNCHRONIZE_CACHE"))
			flushes++;
	}
	fclose(in);
	fact("counter target_flushes %d\n", flushes);
}

/*
 * An LLD that is busy is asked again every few milliseconds: what such lines pushed out is not
 * known.
 */
static void refuse_overrun(void)
{
	char name[WORD], line[WORD];
	unsigned long lost;
	FILE *in;
	int cpu;

	for (cpu = 0;; cpu++) {
		snprintf(name, sizeof(name), TRACE "per_cpu/cpu%d/stats", cpu);
		in = fopen(name, "r");
		if (!in)
			return;
		while (fgets(line, sizeof(line), in)) {
			if (sscanf(line, "overrun: %lu", &lost) == 1 && lost)
				die("the trace lost %lu lines", lost);
		}
		fclose(in);
	}
}

void trace_tell(void)
{
	FILE *in = fopen(TRACE "trace", "r");
	char line[1024];

	put("0", TRACE "tracing_on");
	if (!in)
		die("no trace");
	refuse_overrun();
	while (fgets(line, sizeof(line), in))
		tell_line(line);
	fclose(in);
}
