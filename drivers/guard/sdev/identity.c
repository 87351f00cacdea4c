// SPDX-License-Identifier: GPL-2.0
//
// The names by which administrators know a device. They stand in lines of words, so what is no
// visible character of ASCII is replaced.
#include <linux/blkdev.h>
#include <linux/ctype.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "sdev.h"

static void make_one_word(char *text)
{
	for (; *text; text++)
		if (!isascii(*text) || !isgraph(*text))
			*text = '_';
}

/**
 * scl_sdev_disk - read the name of the disk that a device has
 * @sdev: the device
 * @name: the name; empty where its driver has made no disk
 *
 * disk_release() of block/genhd.c takes the disk from its queue, and then it is freed after a grace
 * period, with its inode: bdev_free_inode() of block/bdev.c.
 *
 * Context: any. Caller has a reference on @sdev, or runs its removal.
 */
void scl_sdev_disk(struct scsi_device *sdev, char name[DISK_NAME_LEN])
{
	const struct gendisk *disk;

	rcu_read_lock();
	disk = READ_ONCE(sdev->request_queue->disk);
	strscpy(name, disk ? disk->disk_name : "", DISK_NAME_LEN);
	rcu_read_unlock();
	make_one_word(name);
}

/**
 * scl_sdev_wwid - read the name that the LUN has in the world, as sysfs has it in wwid
 * @sdev: the device
 * @wwid: the name; empty where the LUN has none
 *
 * Sends nothing: the mid-layer has had VPD page 0x83 since the LUN was scanned. A name in text may
 * be of 255 characters at most (SPC), of which those that need four are too many: its end is cut.
 *
 * Context: any. Caller has a reference on @sdev, or runs its removal.
 */
void scl_sdev_wwid(struct scsi_device *sdev, char wwid[SCL_WWID])
{
	int length = scsi_vpd_lun_id(sdev, wwid, SCL_WWID);

	/* A name in text may lack its NUL, and follow the end of another. */
	wwid[clamp(length, 0, SCL_WWID - 1)] = '\0';
	make_one_word(wwid);
}
