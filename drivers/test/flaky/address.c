// SPDX-License-Identifier: GPL-2.0
#include "address.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

/* Four numbers of at most 20 digits, three colons and the NUL. */
#define ADDRESS_SIZE 84

/* kstrtou64() alone would also take a sign. */
static int parse_number(const char *text, u64 max, u64 *number)
{
	if (!text || !isdigit(*text) || kstrtou64(text, 10, number) || *number > max)
		return -EINVAL;
	return 0;
}

/**
 * flaky_address_parse - read H, H:C:T or H:C:T:L
 * @text: the address and nothing else, without a newline
 * @address: written only on success
 *
 * Context: Any.
 * Return: 0, or -EINVAL where a number is missing, too many, not plain decimal or too large.
 */
int flaky_address_parse(const char *text, struct flaky_address *address)
{
	char copy[ADDRESS_SIZE];
	char *rest = copy;
	u64 host, channel, id, lun = 0;

	if (strscpy(copy, text, sizeof(copy)) < 0 ||
	    parse_number(strsep(&rest, ":"), U32_MAX, &host))
		return -EINVAL;
	if (!rest) {
		*address = (struct flaky_address) { .host = host, .every_target = true };
		return 0;
	}
	if (parse_number(strsep(&rest, ":"), U32_MAX, &channel) ||
	    parse_number(strsep(&rest, ":"), U32_MAX, &id))
		return -EINVAL;
	/* strsep() leaves NULL after the last field, so a second colon stays inside this one. */
	if (rest && parse_number(rest, U64_MAX, &lun))
		return -EINVAL;

	*address = (struct flaky_address) {
		.host = host,
		.channel = channel,
		.id = id,
		.lun = lun,
		.every_lun = !rest,
	};
	return 0;
}
