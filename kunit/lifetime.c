// SPDX-License-Identifier: GPL-2.0
//
// A scl_device outlives its scsi_device, as long as a file or a consumer refers to it, and no
// longer: files of its node that are opened, closed and left open while the device is removed.
// FreeBSD's bug reports say how other kernels got this wrong.
#include <kunit/test.h>
#include <scsi/scsi_lifecycle.h>

#include "file.h"
#include "kunit_disk.h"
#include "kunit_device.h"
#include "listener.h"
#include "rooms.h"
#include "suites.h"

static void expect_counts(struct kunit *test, struct scl_device *device, unsigned int open,
			  unsigned int holding)
{
	KUNIT_EXPECT_EQ(test, READ_ONCE(device->openers.open), open);
	KUNIT_EXPECT_EQ(test, READ_ONCE(device->openers.holding), holding);
}

/* The test holds a reference on the device, so the removed device can still be read. */
static void expect_released(struct kunit *test, struct scsi_device *sdev, struct scl_device *device)
{
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_has_ended(device)));
	KUNIT_EXPECT_FALSE(test, scl_is_held(sdev));
}

#define FILES 3

/*
 * The first @before files are closed before the device is removed, the others after; the one in the
 * middle holds.
 */
static void balance(struct kunit *test, const int order[FILES], int before)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	unsigned int number = device->number;
	unsigned int open = FILES, holding = 1;
	struct file *files[FILES];
	int i;

	for (i = 0; i < FILES; i++) {
		expect_counts(test, device, i, 0);
		files[i] = scl_kunit_file(test, sdev, 0);
	}
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(files[1], SCSI_LIFECYCLE_IOC_HOLD), 0L);
	for (i = 0; i < before; i++) {
		expect_counts(test, device, open, holding);
		scl_file_close(files[order[i]]);
		open--;
		holding -= order[i] == 1;
	}
	expect_counts(test, device, open, holding);
	KUNIT_EXPECT_EQ(test, scl_is_held(sdev), holding == 1);

	scsi_remove_device(sdev);
	expect_released(test, sdev, device);
	for (; i < FILES; i++) {
		expect_counts(test, device, 0, 0);
		KUNIT_EXPECT_EQ(test, scl_file_ioctl(files[order[i]], SCSI_LIFECYCLE_IOC_RELEASE),
				-ENODEV);
		scl_file_close(files[order[i]]);
	}
	expect_counts(test, device, 0, 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_references(device) == 1));
	put_device(&device->dev);
	KUNIT_EXPECT_TRUE(test, scl_number_is_free(number));
	scl_disk_put(sdev);
}

/*
 * FreeBSD CAM: the node vanished with files open, and its count was dropped with it and once more
 * by each late close, or by none; the next user panicked, or waited for ever for a close that had
 * been.
 */
static void opens_and_closes_balance_whenever_the_device_is_removed(struct kunit *test)
{
	static const int orders[][FILES] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					     { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	int i, before;

	for (i = 0; i < ARRAY_SIZE(orders); i++)
		for (before = 0; before <= FILES; before++)
			balance(test, orders[i], before);
}

static unsigned int number_of(struct kunit *test, struct scsi_device *sdev)
{
	struct scl_device *device = scl_kunit_device(test, sdev);
	unsigned int number = device->number;

	put_device(&device->dev);
	return number;
}

/* The records that are left, of a history that is over. */
static void expect_its_own_end(struct kunit *test, struct file *file)
{
	struct scsi_lifecycle_record record = {};
	int records = 0;

	KUNIT_ASSERT_TRUE(test, scl_file_comes_to_its_end(file));
	while (scl_file_read(file, &record, sizeof(record)) == sizeof(record)) {
		records++;
		KUNIT_EXPECT_FALSE(test, record.to & SCSI_LIFECYCLE_STATE_BLOCKED);
	}
	KUNIT_EXPECT_GT(test, records, 0);
	KUNIT_EXPECT_EQ(test, record.type, (u8)SCSI_LIFECYCLE_REC_GONE);
	KUNIT_EXPECT_EQ(test, scl_file_read(file, &record, sizeof(record)), (ssize_t)0);
}

static void expect_its_own_device(struct kunit *test, struct file *file, struct scsi_device *sdev)
{
	struct scsi_lifecycle_record records[4];

	KUNIT_EXPECT_EQ(test, scl_file_read(file, records, sizeof(records)),
			(ssize_t)sizeof(records[0]));
	KUNIT_EXPECT_EQ(test, records[0].type, (u8)SCSI_LIFECYCLE_REC_BORN);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_block_nowait(sdev), 0);
	KUNIT_EXPECT_EQ(test, scsi_lifecycle_unblock_nowait(sdev, SDEV_RUNNING), 0);
	KUNIT_EXPECT_EQ(test, scl_file_read(file, records, sizeof(records)),
			(ssize_t)(2 * sizeof(records[0])));
	KUNIT_EXPECT_EQ(test, scl_file_read(file, records, sizeof(records)), (ssize_t)-EAGAIN);
}

/*
 * FreeBSD: a unit number was given to a new device while the old one's node was still open: two
 * nodes of one number, and a file that referred to the wrong device.
 */
static void a_number_is_not_used_again_while_a_file_of_its_node_is_open(struct kunit *test)
{
	struct scsi_device *old = scl_kunit_other(test), *new;
	unsigned int number = number_of(test, old);
	struct file *file = scl_kunit_file(test, old, 0), *other;

	scsi_remove_device(old);
	new = scl_kunit_other(test);
	KUNIT_EXPECT_PTR_NE(test, old, new);
	KUNIT_EXPECT_STREQ(test, dev_name(&old->sdev_gendev), dev_name(&new->sdev_gendev));
	KUNIT_EXPECT_NE(test, number_of(test, new), number);
	other = scl_kunit_file(test, new, O_NONBLOCK);
	KUNIT_EXPECT_NE(test, iminor(file_inode(other)), iminor(file_inode(file)));
	expect_its_own_device(test, other, new);
	expect_its_own_end(test, file);
	KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD), (long)-ENODEV);
	KUNIT_EXPECT_FALSE(test, scl_is_held(new));
	KUNIT_EXPECT_FALSE(test, scl_number_is_free(number));

	scl_file_close(file);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
	scsi_remove_device(new);
	scl_file_close(other);
	scl_disk_put(old);
	scl_disk_put(new);
}

/* The same for a consumer. */
static void a_number_is_not_used_again_while_a_consumer_is_attached(struct kunit *test)
{
	struct scsi_lifecycle_consumer *consumer = &scl_listener(test, NULL)->consumer;
	struct scsi_device *old = scl_kunit_other(test), *new;
	unsigned int number = number_of(test, old);

	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(old, consumer), 0);
	scsi_remove_device(old);
	new = scl_kunit_other(test);
	KUNIT_EXPECT_NE(test, number_of(test, new), number);
	KUNIT_EXPECT_FALSE(test, scl_number_is_free(number));

	KUNIT_EXPECT_EQ(test, scsi_lifecycle_detach(consumer), 0);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
	scsi_remove_device(new);
	scl_disk_put(old);
	scl_disk_put(new);
}

/* A close under way, in which the device is removed. */
static struct {
	const struct file_operations *node;
	struct file_operations wrapped;
	struct scsi_device *sdev;
	struct scl_device *device;	/* with a reference: the node's release drops the file's */
	struct scsi_lifecycle_consumer *consumer;
	bool first;			/* before the node's release runs, or after */
	bool over;
	int detached;
} closing;

static int go_inside(struct inode *inode, struct file *file)
{
	if (!closing.first)
		closing.node->release(inode, file);
	scsi_remove_device(closing.sdev);
	closing.over = scl_comes_true(scl_has_ended(closing.device));
	closing.detached = scsi_lifecycle_detach(closing.consumer);
	if (closing.first)
		closing.node->release(inode, file);
	return 0;
}

static void close_and_go_inside(struct kunit *test, bool first, bool held)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct file *file = scl_kunit_file(test, sdev, 0);
	unsigned int number = number_of(test, sdev);

	closing.node = file->f_op;
	closing.wrapped = *file->f_op;
	closing.wrapped.release = go_inside;
	closing.sdev = sdev;
	closing.device = scl_kunit_device(test, sdev);
	closing.consumer = &scl_listener(test, NULL)->consumer;
	closing.first = first;
	KUNIT_ASSERT_EQ(test, scsi_lifecycle_attach(sdev, closing.consumer), 0);
	if (held)
		KUNIT_EXPECT_EQ(test, scl_file_ioctl(file, SCSI_LIFECYCLE_IOC_HOLD), 0L);
	file->f_op = &closing.wrapped;
	scl_file_close(file);
	KUNIT_EXPECT_TRUE(test, closing.over);
	KUNIT_EXPECT_EQ(test, closing.detached, 0);
	put_device(&closing.device->dev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
	scl_disk_put(sdev);
}

/*
 * FreeBSD: destroy_dev() waits for the node's threads to leave it, and was called from inside the
 * node's own close, which waited for itself; or a last close destroyed what the removal destroyed
 * too.
 */
static void a_device_may_be_removed_inside_the_close_of_its_node(struct kunit *test)
{
	int i;

	for (i = 0; i < 4; i++)
		close_and_go_inside(test, i & 1, i & 2);
}

/* The last close after all else releases the device, once. */
static void the_last_close_after_the_removal_releases_the_device(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	struct file *file = scl_kunit_file(test, sdev, 0);
	unsigned int number = device->number;

	scsi_remove_device(sdev);
	expect_released(test, sdev, device);
	/* The file's reference, and the test's. */
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_references(device) == 2));
	put_device(&device->dev);
	KUNIT_EXPECT_FALSE(test, scl_number_is_free(number));
	scl_file_close(file);
	KUNIT_EXPECT_TRUE(test, scl_number_is_free(number));
	scl_disk_put(sdev);
}

static void count_one(struct scl_device *device, void *arg)
{
	(*(int *)arg)++;
}

static int count_devices(void)
{
	int there = 0;

	scl_devices_each(count_one, &there);
	return there;
}

/*
 * As the search for removals that hang may find it: its removal continued meanwhile, and its end
 * was announced already.
 */
static void a_device_that_begins_after_its_removal_ends_at_once(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	unsigned int number = number_of(test, sdev);
	int others;

	scsi_remove_device(sdev);
	KUNIT_EXPECT_TRUE(test, scl_comes_true(scl_number_is_free(number)));
	others = count_devices();
	KUNIT_EXPECT_NULL(test, scl_begin_device(sdev));
	KUNIT_EXPECT_NULL(test, scl_device_find(sdev));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(count_devices() == others));
	scl_disk_put(sdev);
}

static void a_device_begins_once(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_other(test);
	struct scl_device *device = scl_kunit_device(test, sdev);
	int before = count_devices();

	scl_begin_device(sdev);
	KUNIT_EXPECT_PTR_EQ(test, scl_device_find(sdev), device);
	KUNIT_EXPECT_FALSE(test, scl_has_ended(device));
	KUNIT_EXPECT_TRUE(test, scl_comes_true(count_devices() <= before));
	put_device(&device->dev);
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(opens_and_closes_balance_whenever_the_device_is_removed),
	KUNIT_CASE(a_number_is_not_used_again_while_a_file_of_its_node_is_open),
	KUNIT_CASE(a_number_is_not_used_again_while_a_consumer_is_attached),
	KUNIT_CASE(a_device_may_be_removed_inside_the_close_of_its_node),
	KUNIT_CASE(the_last_close_after_the_removal_releases_the_device),
	KUNIT_CASE(a_device_that_begins_after_its_removal_ends_at_once),
	KUNIT_CASE(a_device_begins_once),
	{}
};

struct kunit_suite scl_lifetime_suite = {
	.name = "scsi_lifecycle_lifetime",
	.test_cases = cases,
};
