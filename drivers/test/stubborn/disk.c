// SPDX-License-Identifier: GPL-2.0
//
// A small disk that stores nothing: reads return zeros, whatever was written. It reports a write
// cache, so that it is flushed.
#include "disk.h"
#include "orders.h"

#include <linux/scatterlist.h>
#include <linux/string.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_proto.h>

#define BLOCKS 2048
#define BLOCK_SIZE_BYTES 512

/* Copies as much as the buffer takes. */
static void give(struct scsi_cmnd *cmd, const void *data, size_t len)
{
	size_t given = sg_copy_from_buffer(scsi_sglist(cmd), scsi_sg_count(cmd), data, len);

	scsi_set_resid(cmd, scsi_bufflen(cmd) - given);
}

/* ILLEGAL REQUEST, invalid command operation code. */
static void refuse(struct scsi_cmnd *cmd)
{
	scsi_build_sense(cmd, 0, ILLEGAL_REQUEST, 0x20, 0);
}

static void inquiry(struct scsi_cmnd *cmd)
{
	/* Longer than the first 36 bytes that the mid-layer asks for, so it asks again. */
	u8 data[96] = { [2] = 4, [3] = 2, [4] = sizeof(data) - 5, [7] = 2 };

	if (cmd->cmnd[1] & 1) {
		refuse(cmd);
		return;
	}
	if (stubborn_medium() != STUBBORN_FIXED)
		data[1] = 0x80;
	/* No LUN can be here: peripheral qualifier 3, no device type. */
	if (cmd->device->lun >= stubborn_luns())
		data[0] = 0x7f;
	memcpy(&data[8], "scsi_lc stubborn        0001", 28);
	give(cmd, data, sizeof(data));
}

static void test_unit_ready(struct scsi_cmnd *cmd)
{
	/* Medium not present. */
	if (stubborn_medium() == STUBBORN_OUT)
		scsi_build_sense(cmd, 0, NOT_READY, 0x3a, 0);
}

static void report_luns(struct scsi_cmnd *cmd)
{
	struct {
		__be32 length;
		__be32 reserved;
		struct scsi_lun luns[STUBBORN_MAX_LUNS];
	} data = {};
	unsigned int luns = stubborn_luns(), i;

	data.length = cpu_to_be32(luns * sizeof(struct scsi_lun));
	for (i = 0; i < luns; i++)
		int_to_scsilun(i, &data.luns[i]);
	give(cmd, &data, offsetof(typeof(data), luns[luns]));
}

static void read_capacity(struct scsi_cmnd *cmd)
{
	__be32 data[2] = { cpu_to_be32(BLOCKS - 1), cpu_to_be32(BLOCK_SIZE_BYTES) };

	give(cmd, data, sizeof(data));
}

/* The header and the caching page, with WCE set, whatever page is asked for. */
static void mode_sense(struct scsi_cmnd *cmd)
{
	u8 data[4 + 20] = { [0] = sizeof(data) - 1, [4] = 0x08, [5] = 18, [6] = 0x04 };

	give(cmd, data, sizeof(data));
}

/*
 * A disk that has written its cache back counts that, so that a test can compare it with reported
 * flush results.
 */
static void flush(struct scsi_cmnd *cmd)
{
	switch (stubborn_next_answer()) {
	case STUBBORN_GOOD:
		stubborn_count_flush();
		break;
	case STUBBORN_BUSY:
		cmd->result = SAM_STAT_BUSY;
		break;
	case STUBBORN_ATTENTION:
		/* Mode parameters changed. */
		scsi_build_sense(cmd, 0, UNIT_ATTENTION, 0x2a, 0x01);
		break;
	case STUBBORN_MEDIUM_ERROR:
		/* Write error. */
		scsi_build_sense(cmd, 0, MEDIUM_ERROR, 0x0c, 0);
		break;
	case STUBBORN_RECOVERED_ERROR:
		/* Write error, recovered with auto reallocation. */
		stubborn_count_flush();
		scsi_build_sense(cmd, 0, RECOVERED_ERROR, 0x0c, 0x01);
		break;
	case STUBBORN_NO_CONNECT:
		cmd->result = DID_NO_CONNECT << 16;
		break;
	case STUBBORN_UNKNOWN_COMMAND:
		refuse(cmd);
		break;
	case STUBBORN_ANSWERS:
		break;
	}
}

/**
 * stubborn_answer - carry a command out
 * @cmd: the command; its result and data are filled in
 *
 * Context: any.
 */
void stubborn_answer(struct scsi_cmnd *cmd)
{
	cmd->result = 0;
	switch (cmd->cmnd[0]) {
	case INQUIRY:
		inquiry(cmd);
		break;
	case REPORT_LUNS:
		report_luns(cmd);
		break;
	case READ_CAPACITY:
		read_capacity(cmd);
		break;
	case MODE_SENSE:
		mode_sense(cmd);
		break;
	case READ_10:
		sg_zero_buffer(scsi_sglist(cmd), scsi_sg_count(cmd), scsi_bufflen(cmd), 0);
		break;
	case TEST_UNIT_READY:
		test_unit_ready(cmd);
		break;
	case START_STOP:
	case WRITE_10:
		break;
	case SYNCHRONIZE_CACHE:
		flush(cmd);
		break;
	default:
		refuse(cmd);
	}
}
