// SPDX-License-Identifier: GPL-2.0
//
// The last removals that are complete, for readers that come too late for the uevent and the node.
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "user.h"

#define REMOVED 64
#define FORMAT "%s ago_ms=%llu\n"

struct removed {
	char *line;
	scl_ms ended;
};

static DEFINE_SPINLOCK(removed_lock);	/* all below; a leaf */
static struct removed last[REMOVED];
static unsigned long written;

/**
 * scl_removed_words - say what is known of a removal that is complete
 * @words: what
 * @device: the device
 *
 * Context: any; @words refers to @device.
 */
void scl_removed_words(struct scl_removed_words *words, const struct scl_device *device)
{
	const struct scl_removal_facts *removal = &device->removal;

	words->disk = scl_or_dash(removal->disk);
	words->wwid = scl_or_dash(removal->wwid);
	words->flush = scl_flush_name(device->outcome.flush);
	if (removal->seen)
		scnprintf(words->took_ms, sizeof(words->took_ms), "%llu",
			  removal->ended - removal->began);
	else
		strscpy(words->took_ms, "-", sizeof(words->took_ms));
}

static char *line_of(const struct scl_device *device)
{
	struct scl_removed_words words;

	scl_removed_words(&words, device);
	return kasprintf(GFP_NOIO,
			 "number=%u device=%u:%u:%u:%llu disk=%s wwid=%s took_ms=%s flush=%s",
			 device->number, device->host_no, device->channel, device->id, device->lun,
			 words.disk, words.wwid, words.took_ms, words.flush);
}

/**
 * scl_removed_add - list a removal that is complete, in place of the oldest
 * @device: the device
 *
 * Context: may sleep.
 */
void scl_removed_add(const struct scl_device *device)
{
	char *line = line_of(device), *oldest;
	struct removed *place;

	if (!line) {
		pr_warn("no memory to list the removal of %u:%u:%u:%llu\n", device->host_no,
			device->channel, device->id, device->lun);
		return;
	}
	spin_lock(&removed_lock);
	place = &last[written++ % REMOVED];
	oldest = place->line;
	*place = (struct removed){ line, device->removal.ended };
	spin_unlock(&removed_lock);
	kfree(oldest);
}

/**
 * scl_removed_count - how many removals have been listed so far
 *
 * Context: any.
 */
unsigned long scl_removed_count(void)
{
	return READ_ONCE(written);
}

/* The first of those that are kept and fit; a NUL follows the last. */
static unsigned long first_that_fits(size_t size, scl_ms now)
{
	unsigned long first = written, kept = min_t(unsigned long, written, REMOVED);
	const struct removed *each;
	size_t length;

	for (; kept; kept--, first--) {
		each = &last[(first - 1) % REMOVED];
		length = snprintf(NULL, 0, FORMAT, each->line, now - each->ended);
		if (length >= size)
			break;
		size -= length;
	}
	return first;
}

/**
 * scl_removed_format - write a line for each of the last removals, in the order of their listing
 * @buf: where to
 * @size: of @buf; what does not fit is left out, the first ones
 *
 * Context: process.
 * Return: the number of characters.
 */
int scl_removed_format(char *buf, size_t size)
{
	const struct removed *each;
	unsigned long i;
	int length = 0;
	scl_ms now;

	spin_lock(&removed_lock);
	now = scl_now();
	for (i = first_that_fits(size, now); i < written; i++) {
		each = &last[i % REMOVED];
		length += scnprintf(buf + length, size - length, FORMAT, each->line,
				    now - each->ended);
	}
	spin_unlock(&removed_lock);
	return length;
}

/**
 * scl_removed_exit - forget all removals
 *
 * Context: process. No removal is listed any more, and no list is read.
 */
void scl_removed_exit(void)
{
	int i;

	for (i = 0; i < REMOVED; i++)
		kfree(last[i].line);
}
