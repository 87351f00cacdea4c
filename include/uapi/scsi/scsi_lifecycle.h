/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/scsi_lifecycle/H:C:T:L, the life of one SCSI device.
 *
 * read(2) gives records, as many whole ones as fit, oldest first. A file begins with what is remembered of the
 * device, SCSI_LIFECYCLE_BORN where that is all of it, and then waits for what comes, as poll(2) does. The last
 * record of a device that was removed is SCSI_LIFECYCLE_GONE; after it read(2) gives 0. poll(2) gives EPOLLHUP from when that
 * record is there, beside EPOLLIN, whether or not those before it were read: a program reads until read(2) gives 0. Newer
 * versions add to the end of a record: a program steps by the size that each of them says.
 * open(2):
 *	ENODEV	the device is gone
 *	ENOMEM	no memory
 * read(2):
 *	EINVAL	the buffer is smaller than a record
 *	EAGAIN	nothing there, and the file is O_NONBLOCK
 *	EFAULT	the buffer is not there; the record is not lost
 *	EINTR	a signal came before a record did, and its handler does not restart calls (SA_RESTART)
 * ioctl(2), of another than the two below:
 *	ENOTTY
 *
 * The file may stay open when the device, its host and its low-level driver go: it keeps none of them. A new device
 * at the same address has a node of its own.
 */
#ifndef _UAPI_SCSI_SCSI_LIFECYCLE_H
#define _UAPI_SCSI_SCSI_LIFECYCLE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SCSI_LIFECYCLE_VERSION 2

enum scsi_lifecycle_type {
	SCSI_LIFECYCLE_BORN,		/* the device is known from here on; from == to */
	SCSI_LIFECYCLE_TRANSITION,
	/* Its removal is complete, and nothing of it left at the driver; or that left it behind: then from is not DEL. */
	SCSI_LIFECYCLE_GONE,
};

/* from and to: one of these, and SCSI_LIFECYCLE_BLOCKED where its transport has stopped it. */
enum scsi_lifecycle_phase {
	SCSI_LIFECYCLE_CREATED,
	SCSI_LIFECYCLE_RUNNING,
	SCSI_LIFECYCLE_QUIESCE,
	SCSI_LIFECYCLE_OFFLINE,
	SCSI_LIFECYCLE_TRANSPORT_OFFLINE,
	SCSI_LIFECYCLE_CANCEL,
	SCSI_LIFECYCLE_DEL,
};
#define SCSI_LIFECYCLE_BLOCKED 0x80

/* What led to a transition. */
enum scsi_lifecycle_cause {
	SCSI_LIFECYCLE_BLOCK,
	SCSI_LIFECYCLE_UNBLOCK,
	SCSI_LIFECYCLE_FAIL,		/* unblocked because the path was given up */
	SCSI_LIFECYCLE_REMOVE,		/* removal begins */
	SCSI_LIFECYCLE_REMOVED,		/* the upper-level driver is gone */
	SCSI_LIFECYCLE_DEADLINE,	/* the teardown's time was up */
	SCSI_LIFECYCLE_SET_OFFLINE,
	SCSI_LIFECYCLE_SET_TRANSPORT_OFFLINE,
	SCSI_LIFECYCLE_SET_ONLINE,
	SCSI_LIFECYCLE_SET_QUIESCE,
	SCSI_LIFECYCLE_RESUME,
	SCSI_LIFECYCLE_SEEN,		/* the kernel's own functions, which tell nobody: seen within two seconds */
};

/* What became of the cache flush; with SCSI_LIFECYCLE_GONE. */
enum scsi_lifecycle_flush {
	SCSI_LIFECYCLE_FLUSH_NONE,	/* nothing to flush */
	SCSI_LIFECYCLE_FLUSH_COMPLETED,
	SCSI_LIFECYCLE_FLUSH_FAILED,	/* the last one that was sent failed: see result and sense */
	SCSI_LIFECYCLE_FLUSH_KILLED,	/* cut off when its time was up or its path given up, or never sent */
	SCSI_LIFECYCLE_FLUSH_UNKNOWN,	/* there was a cache, and what became of the flush was not seen */
};

struct scsi_lifecycle_record {
	__u64 time;		/* CLOCK_MONOTONIC, nanoseconds */
	__u64 lost;		/* records between the last one that was read and this one, which were not kept */
	__u8 version;		/* SCSI_LIFECYCLE_VERSION */
	__u8 type;
	__u8 from;
	__u8 to;
	__u8 cause;		/* with SCSI_LIFECYCLE_TRANSITION */
	__u8 flush;		/* with SCSI_LIFECYCLE_GONE, as all below but size */
	__u8 size;		/* of this record, the same in every record of a file; it may grow */
	__u8 tries;		/* flushes that ended since the removal began, 255: or more */
	__u32 result;		/* of the last of them: status, host and driver byte, as the kernel logs them */
	__u8 sense_key;		/* 0 where there was no sense */
	__u8 asc;
	__u8 ascq;
	__u8 reserved;		/* 0 */
};

/*
 * While a file holds the device, the time of its teardown is hold_max of the module, where that is more than its
 * teardown_tmo. The last close(2) of the file, or the death of who has it open, releases it. (Without the livepatch
 * the kernel throws away the flush of a device that sysfs calls "blocked" when its removal begins, held or not.)
 * It stretches the wait for a path that may come back, or for a quiesced device to be resumed, and no other; and nobody holds
 * up a reboot.
 *	EPERM	the caller has no CAP_SYS_ADMIN
 *	EACCES	the administrator forbids it: hold_max is 0
 *	EBUSY	this file holds it already
 *	ENODEV	the device is gone, or its time was up
 */
#define SCSI_LIFECYCLE_HOLD	_IO(0xBD, 0x10)

/*
 *	EINVAL	this file does not hold it
 *	ENODEV	the device is gone
 */
#define SCSI_LIFECYCLE_RELEASE	_IO(0xBD, 0x11)

#endif
