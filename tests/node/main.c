// SPDX-License-Identifier: GPL-2.0
#include "node.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: node read PATH               print its records, wait for more, and say eof\n"
	"       node check PATH              read it to its end; say what breaks the contract\n"
	"       node hold PATH               hold the device until killed\n"
	"       node try PATH WORD...        of one open file, what each gives: hold release end read\n"
	"                                    write poll seek, unknown (an ioctl), short odd fault (reads),\n"
	"                                    drop (the capability), wait (for a line of stdin)\n"
	"       node churn DIRECTORY SECONDS SEED OPENERS POLLERS\n"
	"       node fuzz DIRECTORY SECONDS SEED   anything at all\n";

static const struct {
	const char *name;
	int least, most;
	int (*run)(char **arguments);
} commands[] = {
	{ "read", 1, 1, read_main },	  { "check", 1, 1, check_main },
	{ "hold", 1, 1, hold_main },	  { "try", 2, 1000, try_main },
	{ "churn", 5, 5, churn_main },	  { "fuzz", 3, 3, fuzz_main },
};

_Noreturn void die(const char *format, ...)
{
	va_list values;

	fflush(stdout);
	fputs("node: ", stderr);
	va_start(values, format);
	vfprintf(stderr, format, values);
	va_end(values);
	fputc('\n', stderr);
	exit(1);
}

const char *errno_name(int error)
{
	static char text[32];
	const char *name = strerrorname_np(error);

	if (name)
		return name;
	snprintf(text, sizeof(text), "errno %d", error);
	return text;
}

_Noreturn void die_errno(const char *what, const char *path)
{
	int why = errno;

	die("cannot %s %s: %s (%s)", what, path, strerror(why), errno_name(why));
}

unsigned long number(const char *text, const char *what)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end)
		die("%s is a number, not '%s'", what, text);
	return value;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		if (argc - 2 < commands[i].least || argc - 2 > commands[i].most)
			break;
		return commands[i].run(argv + 2);
	}
	fputs(usage, stderr);
	return 1;
}
