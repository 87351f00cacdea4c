/* SPDX-License-Identifier: GPL-2.0 */
#ifndef C_FACE_H
#define C_FACE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes and offsets of the C face, as the compiler that reads this sees them. */
#define C_FACE_LAYOUT                                                                              \
	sizeof(struct scl_state), sizeof(struct scl_stock), sizeof(struct scl_step),               \
		sizeof(struct scl_snapshot), sizeof(struct scl_progress),                          \
		sizeof(struct scl_limits), sizeof(struct scl_decision), sizeof(struct scl_stall),  \
		sizeof(struct scl_environment), sizeof(struct scl_stage_step),                     \
		sizeof(struct scl_flush_end), sizeof(struct scl_flush_account),                    \
		sizeof(struct scl_removal_start), sizeof(struct scl_failure),                      \
		sizeof(struct scl_openers), sizeof(struct scl_consumer_step),                      \
		offsetof(struct scl_state, blocked), offsetof(struct scl_step, refused),           \
		offsetof(struct scl_snapshot, held), offsetof(struct scl_snapshot, sent),          \
		offsetof(struct scl_progress, since), offsetof(struct scl_progress, waits_for),    \
		offsetof(struct scl_progress, expired), offsetof(struct scl_progress, ended),      \
		offsetof(struct scl_limits, flush_set),                                            \
		offsetof(struct scl_decision, left), offsetof(struct scl_stall, said),             \
		offsetof(struct scl_environment, unsent), offsetof(struct scl_flush_end, ascq),    \
		offsetof(struct scl_flush_account, loss),                                          \
		offsetof(struct scl_flush_account, expired),                                       \
		offsetof(struct scl_failure, rebooting), offsetof(struct scl_openers, gone)

struct c_face_layout {
	size_t values[33];
};

struct c_face_layout c_face_measure(void);

/* Calls every function of the C face from C. Return: how many did not answer as they must. */
int c_face_call_everything(void);

/*
 * What no enumeration of C++ can hold, from C. Return: how many were not refused, or changed
 * something.
 */
int c_face_call_with_what_there_is_not(void);

#ifdef __cplusplus
}
#endif

#endif
