/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/scsi_lifecycle/H:C:T:L, the history of one SCSI device.
 *
 * read(2) returns records, as many whole ones as fit, oldest first. A file begins with what is
 * remembered of the device, SCSI_LIFECYCLE_REC_BORN where that is all of it, and then waits for the
 * next record, as poll(2) does. The last record of a device that was removed is
 * SCSI_LIFECYCLE_REC_GONE; after it read(2) returns 0. poll(2) reports EPOLLHUP from when that
 * record is there, beside EPOLLIN, whether or not those before it were read: a program reads until
 * read(2) returns 0.
 *
 * open(2):
 *	ENODEV	the device is removed
 *	ENOMEM	no memory
 * read(2):
 *	EINVAL	the buffer is smaller than a record
 *	EAGAIN	no record is there, and the file is O_NONBLOCK
 *	EFAULT	the buffer is not there; the record is not lost
 *	EINTR	a signal came before a record, and its handler does not restart calls
 * ioctl(2), of another request than the three below:
 *	ENOTTY
 *
 * The file may stay open when the device, its host and its low-level driver are removed: it keeps
 * none of them. A new device at the same address has a node of its own.
 *
 * How this may grow: a newer version adds fields to the end of a record, values to the
 * enumerations, and requests to ioctl(2). No value changes its meaning. A program steps by the size
 * that each record states, and passes over a type, a state or a cause that it does not know.
 */
#ifndef _UAPI_SCSI_SCSI_LIFECYCLE_H
#define _UAPI_SCSI_SCSI_LIFECYCLE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SCSI_LIFECYCLE_VERSION 2

enum scsi_lifecycle_type {
	SCSI_LIFECYCLE_REC_BORN,	/* the device is known from here on; from == to */
	SCSI_LIFECYCLE_REC_TRANSITION,
	/*
	 * Its removal is complete, and no command of it is left at the low-level driver; or that
	 * driver was unloaded without removing it: then from is not SCSI_LIFECYCLE_STATE_DEL.
	 */
	SCSI_LIFECYCLE_REC_GONE,
};

/*
 * from and to: one of these, and SCSI_LIFECYCLE_STATE_BLOCKED where the transport has blocked it.
 */
enum scsi_lifecycle_state {
	SCSI_LIFECYCLE_STATE_CREATED,
	SCSI_LIFECYCLE_STATE_RUNNING,
	SCSI_LIFECYCLE_STATE_QUIESCE,
	SCSI_LIFECYCLE_STATE_OFFLINE,
	SCSI_LIFECYCLE_STATE_TRANSPORT_OFFLINE,
	SCSI_LIFECYCLE_STATE_CANCEL,
	SCSI_LIFECYCLE_STATE_DEL,
};

#define SCSI_LIFECYCLE_STATE_BLOCKED 0x80

/* What led to a transition. */
enum scsi_lifecycle_cause {
	SCSI_LIFECYCLE_CAUSE_BLOCK,
	SCSI_LIFECYCLE_CAUSE_UNBLOCK,
	SCSI_LIFECYCLE_CAUSE_FAIL,		/* unblocked because the path was given up */
	SCSI_LIFECYCLE_CAUSE_REMOVE,		/* removal begins */
	SCSI_LIFECYCLE_CAUSE_REMOVED,		/* the upper-level driver is detached */
	SCSI_LIFECYCLE_CAUSE_DEADLINE,		/* the teardown expired */
	SCSI_LIFECYCLE_CAUSE_OFFLINE,
	SCSI_LIFECYCLE_CAUSE_TRANSPORT_OFFLINE,
	SCSI_LIFECYCLE_CAUSE_ONLINE,
	SCSI_LIFECYCLE_CAUSE_QUIESCE,
	SCSI_LIFECYCLE_CAUSE_RESUME,
	/*
	 * The kernel's own functions, which announce nothing: found within two seconds while the
	 * node is open, else when it is opened. Before SCSI_LIFECYCLE_CAUSE_REMOVE a block alone is
	 * found, with the time of the removal and the state that was known last.
	 */
	SCSI_LIFECYCLE_CAUSE_SEEN,
};

/* The result of the cache flush; with SCSI_LIFECYCLE_REC_GONE. */
enum scsi_lifecycle_flush {
	SCSI_LIFECYCLE_FLUSH_NONE,	/* the device has no cache to flush */
	SCSI_LIFECYCLE_FLUSH_COMPLETED,
	SCSI_LIFECYCLE_FLUSH_FAILED,	/* the last one sent failed: see result and sense */
	SCSI_LIFECYCLE_FLUSH_KILLED,	/* expired, path given up, or never sent */
	SCSI_LIFECYCLE_FLUSH_UNKNOWN,	/* the device has a cache; the result was not observed */
};

struct scsi_lifecycle_record {
	__u64 time;		/* CLOCK_MONOTONIC, nanoseconds */
	__u64 lost;		/* records since the last one that was read, which were not kept */
	__u8 version;		/* SCSI_LIFECYCLE_VERSION */
	__u8 type;		/* enum scsi_lifecycle_type */
	__u8 from;
	__u8 to;
	__u8 cause;		/* with SCSI_LIFECYCLE_REC_TRANSITION */
	__u8 flush;		/* with SCSI_LIFECYCLE_REC_GONE, as all below but size */
	__u8 size;		/* of this record, the same in every record of a file */
	__u8 tries;		/* flushes that ended since the removal began, 255: or more */
	__u32 result;		/* of the last flush, as the kernel logs it */
	__u8 sense_key;		/* 0 where there was no sense */
	__u8 asc;
	__u8 ascq;
	__u8 reserved;		/* 0 */
};

/*
 * While a file holds the device, its teardown may take hold_max of the module, where that is more
 * than its teardown_tmo. The last close(2) of the file, or the death of the process that has it
 * open, releases it. (Without the livepatch the kernel throws away the flush of a device that sysfs
 * calls "blocked" when its removal begins, held or not.) A hold extends the wait for a path that
 * may come back, or for a quiesced device to be resumed, and no other; it does not delay a reboot.
 *	EPERM	the caller has no CAP_SYS_ADMIN
 *	EACCES	the administrator forbids it: hold_max is 0
 *	EBUSY	this file holds it already
 *	ENODEV	the device is removed, or its driver is detached, or its teardown has expired
 */
#define SCSI_LIFECYCLE_IOC_HOLD		_IO(0xBD, 0x10)

/*
 *	EINVAL	this file does not hold it
 *	ENODEV	the device is removed
 */
#define SCSI_LIFECYCLE_IOC_RELEASE	_IO(0xBD, 0x11)

/*
 * Ends the teardown of the device now, as if its teardown_tmo were up, or, where the low-level
 * driver has its flush, flush_tmo. When the request returns 0, the commands that waited are being
 * failed; the flush among them is lost, and reported as every lost flush is. A flush that the
 * low-level driver has is asked back, by the host's error handling, which may reset other devices.
 * A quiesced device is let through. From then on the teardown has no time left: a hold of the
 * device counts no more, and none can be had; and a flush that its driver sends later is lost
 * too, unless it ends before the next poll, 250 ms later at most. So 0 does not say that anything
 * waited. It may be the removal of the device itself, or that of its host, or the unload of its
 * low-level driver. What the module does not end at its times either this does not end: a wait for
 * error handling, for example, after which the flush has no time left. waits_for in sysfs says what
 * is left.
 *	EPERM	the caller has no CAP_SYS_ADMIN
 *	EINVAL	no removal has begun: nothing changed
 *	ENODEV	the device is removed, its driver is detached, or it has expired or was ended before
 */
#define SCSI_LIFECYCLE_IOC_END		_IO(0xBD, 0x12)

#endif
