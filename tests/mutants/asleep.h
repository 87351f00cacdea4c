/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_ASLEEP_H
#define SCSI_LIFECYCLE_ASLEEP_H

#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#define SCL_NO_MUTANT -2
#define SCL_TELL -1		/* none either, and say which places ran */

extern int scl_mutant;
extern u8 scl_reached[];

static __always_inline bool scl_planted(int n)
{
	if (unlikely(!scl_reached[n]))
		scl_reached[n] = 1;
	return unlikely(scl_mutant == n);
}

void scl_wake(int number);
void scl_asleep_init(void);
void scl_asleep_exit(void);

#endif
