// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>
#include <linux/types.h>

#define CREATE_TRACE_POINTS
#include <trace/events/scsi_lifecycle.h>
