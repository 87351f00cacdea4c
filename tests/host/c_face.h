/* SPDX-License-Identifier: GPL-2.0 */
#ifndef C_FACE_H
#define C_FACE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The C face as a C compiler sees it. */
struct c_face_layout {
	size_t state, stock, step, watch, sight, limits, verdict, evidence, around, wait, openers, consumer_step;
	size_t watch_since, watch_sent, watch_condemned, verdict_again, verdict_left, sight_held, sight_sent, limits_hold, limits_flush_set, evidence_ended, around_unsent, openers_gone;
};

struct c_face_layout c_face_measure(void);

/* Calls every function of the C face from C. Return: how many did not answer as they must. */
int c_face_call_everything(void);

/* What no enumeration of C++ can hold, from C. Return: how many were not refused, or changed something. */
int c_face_call_with_what_there_is_not(void);

#ifdef __cplusplus
}
#endif

#endif
