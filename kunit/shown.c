// SPDX-License-Identifier: GPL-2.0
//
// The files of debugfs, which take and give user memory only: here it is a page of the first
// process's.
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>

#include "file.h"
#include "shown.h"

struct loan {
	struct mm_struct *mm;
	char __user *page;
};

/* False: the first process has no memory to lend. A caller may hold locks, so the test goes on. */
static bool loan_begin(struct kunit *test, struct loan *loan)
{
	struct pid *pid = find_get_pid(1);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	unsigned long page;

	loan->mm = task ? get_task_mm(task) : NULL;
	if (task)
		put_task_struct(task);
	put_pid(pid);
	KUNIT_EXPECT_NOT_NULL(test, loan->mm);
	if (!loan->mm)
		return false;
	kthread_use_mm(loan->mm);
	page = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_EXPECT_FALSE(test, IS_ERR_VALUE(page));
	loan->page = (char __user *)page;
	return true;
}

static void loan_end(struct loan loan)
{
	vm_munmap((unsigned long)loan.page, PAGE_SIZE);
	kthread_unuse_mm(loan.mm);
	mmput(loan.mm);
}

static struct file *open(const char *name, int flags)
{
	char path[64];

	scnprintf(path, sizeof(path), "/sys/kernel/debug/scsi_lifecycle/%s", name);
	return filp_open(path, flags, 0);
}

struct file *scl_shown_open(struct kunit *test, const char *name, int flags)
{
	struct file *file = open(name, flags);

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "%s: %ld", name, PTR_ERR(file));
	return file;
}

/* All of a file, which fits, with a NUL at its end. */
void scl_shown(struct kunit *test, const char *name, char *text, size_t size)
{
	struct file *file = open(name, O_RDONLY);
	size_t length = 0;
	struct loan loan;
	loff_t pos = 0;
	ssize_t got;

	text[0] = '\0';
	KUNIT_EXPECT_FALSE_MSG(test, IS_ERR(file), "%s: %ld", name, PTR_ERR(file));
	if (IS_ERR(file))
		return;
	if (!loan_begin(test, &loan)) {
		scl_file_close(file);
		return;
	}
	while ((got = file->f_op->read(file, loan.page, PAGE_SIZE, &pos)) > 0 &&
	       length + got < size) {
		KUNIT_EXPECT_EQ(test, copy_from_user(text + length, loan.page, got), 0UL);
		length += got;
	}
	text[length] = '\0';
	loan_end(loan);
	scl_file_close(file);
	KUNIT_EXPECT_EQ(test, got, (ssize_t)0);
}

/* The line that has @key, with its newline; none where there is no such line. */
void scl_shown_line(struct kunit *test, const char *name, const char *key, char *line, size_t size)
{
	static char text[4096];
	char *at, *end;

	scl_shown(test, name, text, sizeof(text));
	at = strstr(text, key);
	while (at && at > text && at[-1] != '\n')
		at--;
	end = at ? strchr(at, '\n') : NULL;
	line[0] = '\0';
	if (end)
		strscpy(line, at, min_t(size_t, size, end - at + 2));
	KUNIT_EXPECT_NOT_NULL_MSG(test, end, "%s has no line of %s: %s", name, key, text);
}

/* @text NULL: memory that there is not. */
ssize_t scl_shown_write(struct kunit *test, struct file *file, const char *text, size_t size)
{
	struct loan loan;
	ssize_t written;
	loff_t pos = 0;

	if (!loan_begin(test, &loan))
		return -ENOMEM;
	if (text)
		KUNIT_EXPECT_EQ(test, copy_to_user(loan.page, text, size), 0UL);
	else
		vm_munmap((unsigned long)loan.page, PAGE_SIZE);
	written = file->f_op->write(file, loan.page, size, &pos);
	loan_end(loan);
	return written;
}
