/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCSI_LIFECYCLE_KUNIT_LIFE_H
#define SCSI_LIFECYCLE_KUNIT_LIFE_H

#include <kunit/test.h>
#include <linux/jiffies.h>

#include "../drivers/guard/guard.h"
#include "../drivers/guard/host.h"
#include "../drivers/guard/life.h"

/* Waits until it does, or for so long that it never will. */
#define scl_comes_true(condition)							\
({											\
	unsigned long give_up = jiffies + 20 * HZ;					\
	bool is;									\
											\
	while (!(is = (condition)) && time_before(jiffies, give_up))			\
		schedule_timeout_uninterruptible(1);					\
	is;										\
})

/* What an expression is in a read section of scl_srcu. */
#define scl_in_section(expression)							\
({											\
	int section = srcu_read_lock(&scl_srcu);					\
	typeof(expression) value = (expression);					\
											\
	srcu_read_unlock(&scl_srcu, section);						\
	value;										\
})

/* As KUNIT_ASSERT_NOT_NULL(), of a variable, inside the read section @section, which is left before the test is. */
#define scl_assert_in_section(test, section, pointer)					\
do {											\
	if (!(pointer))									\
		srcu_read_unlock(&scl_srcu, section);					\
	KUNIT_ASSERT_NOT_NULL(test, pointer);						\
} while (0)

static inline bool scl_is_remembered(struct Scsi_Host *shost)
{
	return scl_in_section(scl_host_find(shost) != NULL);
}

/* With a reference. */
static inline struct scl_life *scl_kunit_life(struct kunit *test, struct scsi_device *sdev)
{
	int idx = srcu_read_lock(&scl_srcu);
	struct scl_life *life = scl_life_find(sdev);

	if (life)
		get_device(&life->dev);
	srcu_read_unlock(&scl_srcu, idx);
	KUNIT_ASSERT_NOT_NULL(test, life);
	return life;
}

static inline bool scl_life_is_over(struct scl_life *life)
{
	return READ_ONCE(life->journal.over);
}

static inline unsigned int scl_life_references(struct scl_life *life)
{
	return kref_read(&life->dev.kobj.kref);
}

struct scl_number {
	unsigned int number;
	bool used;
};

static inline void scl_number_look(struct scl_life *life, void *arg)
{
	struct scl_number *asked = arg;

	asked->used |= life->number == asked->number;
}

/* No node, file or consumer is left of the life that had it. */
static inline bool scl_number_is_free(unsigned int number)
{
	struct scl_number asked = { .number = number };

	scl_lives_each(scl_number_look, &asked);
	return !asked.used;
}

static inline unsigned int scl_number_lowest_free(void)
{
	unsigned int number = 0;

	while (!scl_number_is_free(number))
		number++;
	return number;
}

#endif
