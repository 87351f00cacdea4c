/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_STUBBORN_HOST_H
#define SCSI_STUBBORN_HOST_H

#include <linux/types.h>

int stubborn_block_requests(bool block);

#endif
