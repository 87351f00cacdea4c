// SPDX-License-Identifier: GPL-2.0
// A real transport: a target and a session for each timeline, and what the session says of its
// path.
#include "agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

bool on_iscsi(const struct timeline *t)
{
	return !strcmp(t->lld, "iscsi");
}

static int script(const char *arguments)
{
	char line[256];
	int status;

	snprintf(line, sizeof(line), "sh /put/iscsi.sh %s", arguments);
	status = system(line);
	return status == -1 ? 255 : WEXITSTATUS(status);
}

/*
 * The transport loses its path, and has it again, in its own time: when it says so is what counts.
 */
static void *watch_session(void *arg)
{
	struct timeline *t = arg;
	char file[128], state[WORD], last[WORD] = "LOGGED_IN";
	FILE *in;

	prctl(PR_SET_NAME, "agent.session");
	snprintf(file, sizeof(file), "/sys/class/iscsi_session/session%d/state", t->session);
	while ((in = fopen(file, "r"))) {
		if (fscanf(in, "%63s", state) == 1 && strcmp(state, last)) {
			fact("path %d 0 %.1f %s\n", t->number, now(), state);
			strcpy(last, state);
		}
		fclose(in);
		sleep_until(now() + 100);
	}
	return NULL;
}

void iscsi_up(struct timeline *t)
{
	char line[WORD * 2];
	FILE *in;

	snprintf(line, sizeof(line), "up %d %d %s", t->number, t->luns, t->path_tmo);
	if (script(line))
		die("no target for timeline %d", t->number);
	snprintf(line, sizeof(line), "/run/session%d", t->number);
	in = fopen(line, "r");
	if (!in || fscanf(in, "%d %d", &t->session, &t->host[0]) != 2)
		die("no session of timeline %d", t->number);
	fclose(in);
	start_thread(watch_session, t);
}

int iscsi_do(const struct timeline *t, const char *verb)
{
	char line[WORD * 2];

	snprintf(line, sizeof(line), "%s %d", verb, t->number);
	return script(line);
}
