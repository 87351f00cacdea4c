/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_FLAKY_ADDRESS_H
#define SCSI_FLAKY_ADDRESS_H

#include <linux/types.h>

/*
 * H:C:T:L; H:C:T with @every_lun set and @lun unused; or H with @every_target set and all else
 * unused.
 */
struct flaky_address {
	unsigned int host;
	unsigned int channel;
	unsigned int id;
	u64 lun;
	bool every_lun;
	bool every_target;
};

int flaky_address_parse(const char *text, struct flaky_address *address);

#endif
