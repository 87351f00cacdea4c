/* SPDX-License-Identifier: GPL-2.0 */
/* What all of the core's C face is made of. The kernel's files have bool from <linux/types.h>. */
#ifndef SCSI_LIFECYCLE_CORE_TYPES_H
#define SCSI_LIFECYCLE_CORE_TYPES_H

#if !defined(__cplusplus) && !defined(__KERNEL__)
#include <stdbool.h>
#endif

/*
 * A caller written in C may pass what no enumeration holds. Without a type to be stored in, C++
 * lets the compiler assume that this does not happen.
 */
#ifdef __cplusplus
#define SCL_OF_ANY_VALUE : unsigned int
#else
#define SCL_OF_ANY_VALUE
#endif

typedef unsigned long long scl_ms;

#define SCL_NEVER (~0ULL)

#endif
