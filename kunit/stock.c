// SPDX-License-Identifier: GPL-2.0
//
// The project's functions beside the running kernel's own: compare.c has the comparison.
#include <kunit/test.h>
#include <scsi/scsi_device.h>

#include "compare.h"
#include "kunit_disk.h"
#include "scsi_lifecycle_core.h"
#include "suites.h"

static void expect_right(const struct scl_compared *pair, void *test)
{
	if (pair->wrong)
		KUNIT_FAIL((struct kunit *)test, SCL_PAIR_FORMAT, SCL_PAIR_ARGS(pair));
}

static void the_functions_and_the_table_are_stock_but_for_what_is_listed(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);

	scl_compare(sdev, false, expect_right, test);
	scl_disk_put(sdev);
}

static void each_state_that_is_written_is_one_of_stocks(struct kunit *test)
{
	unsigned int phase;

	for (phase = 0; phase < SCL_PHASES; phase++) {
		struct scl_stock to = scl_state_encode((struct scl_state){ phase, 0 });

		KUNIT_EXPECT_GE(test, to.sdev_state, SDEV_CREATED);
		KUNIT_EXPECT_LE(test, to.sdev_state, SDEV_CREATED_BLOCK);
	}
}

static void references_are_refused_as_stock_refuses_them(struct kunit *test)
{
	struct scsi_device *sdev = scl_kunit_disk(test);
	unsigned int i;

	for (i = 0; i < SCL_SPELLINGS; i++) {
		bool stock;

		sdev->sdev_state = scl_spellings[i].sdev_state;
		stock = !scsi_device_get(sdev);
		if (stock)
			scsi_device_put(sdev);
		KUNIT_EXPECT_EQ(test, stock, (bool)scl_may_get(scl_state_decode(scl_spellings[i])));
	}
	sdev->sdev_state = SDEV_RUNNING;
	scl_disk_put(sdev);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_functions_and_the_table_are_stock_but_for_what_is_listed),
	KUNIT_CASE(each_state_that_is_written_is_one_of_stocks),
	KUNIT_CASE(references_are_refused_as_stock_refuses_them),
	{}
};

struct kunit_suite scl_stock_suite = {
	.name = "scsi_lifecycle_stock",
	.test_cases = cases,
};
