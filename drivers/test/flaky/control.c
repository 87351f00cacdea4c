// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "control.h"
#include "address.h"
#include "gate.h"
#include "transport.h"

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/* The longest line, "quiesce" with an address of full length, and its newline take 63. */
#define LINE_SIZE 96

static struct dentry *directory;

/* Cuts the line in two at its only space. Returns what is wrong with it, or NULL. */
static int parse(char *line, const struct flaky_verb **verb, struct flaky_address *address)
{
	char *rest = line;
	const char *name = strsep(&rest, " ");

	*verb = flaky_verb_find(name);
	if (!*verb) {
		pr_warn("unknown verb '%*pE'\n", (int)strlen(name), name);
		return -EINVAL;
	}
	if (!rest) {
		pr_warn("'%s' without an address\n", name);
		return -EINVAL;
	}
	if (flaky_address_parse(rest, address)) {
		pr_warn("bad address '%*pE'\n", (int)strlen(rest), rest);
		return -EINVAL;
	}
	return 0;
}

/* Each write is one whole line, and is accepted or refused as a whole. The file has no position. */
static ssize_t control_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	char line[LINE_SIZE + 1];
	size_t len = count;
	const struct flaky_verb *verb;
	struct flaky_address address;
	struct flaky_visit visit;
	int ret;

	if (count > LINE_SIZE) {
		pr_warn("a line of %zu bytes is too long\n", count);
		return -EINVAL;
	}
	if (copy_from_user(line, buf, count))
		return -EFAULT;
	if (len && line[len - 1] == '\n')
		len--;
	line[len] = '\0';
	if (!len) {
		pr_warn("empty line\n");
		return -EINVAL;
	}
	if (strcspn(line, "\n") != len) {
		pr_warn("'%*pE' is not one line\n", (int)len, line);
		return -EINVAL;
	}

	ret = parse(line, &verb, &address);
	if (ret)
		return ret;
	ret = flaky_visit_begin(&visit, address.host);
	if (ret)
		return ret;
	ret = flaky_verb_apply(verb, visit.shost, &address);
	flaky_visit_end(&visit);
	return ret ?: count;
}

static int control_open(struct inode *inode, struct file *file)
{
	return stream_open(inode, file);
}

/* The owner keeps this module while the file is open: rmmod is refused, and never waits. */
static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.open = control_open,
	.write = control_write,
};

/**
 * flaky_control_init - create the control file
 *
 * Context: Process context. Writes may come before it returns.
 * Return: 0, or the error of debugfs where the file could not be created.
 */
int flaky_control_init(void)
{
	struct dentry *file;

	directory = debugfs_create_dir(KBUILD_MODNAME, NULL);
	file = debugfs_create_file("control", 0200, directory, NULL, &control_fops);
	if (IS_ERR(file)) {
		debugfs_remove(directory);
		return PTR_ERR(file);
	}
	return 0;
}

/**
 * flaky_control_exit - remove the control file; no write runs afterwards
 *
 * Context: Process context, may sleep.
 */
void flaky_control_exit(void)
{
	debugfs_remove(directory);
}
