// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "scsi_lifecycle_core.h"

namespace {

scl_fate fate(bool cached, bool killed, bool sent, unsigned int errors)
{
	scl_evidence e{cached, killed, sent, errors};
	return scl_flush_fate(&e);
}

constexpr bool both[] = {false, true};

} // namespace

TEST(Fate, without_a_write_cache_there_is_nothing_to_lose)
{
	for (bool killed : both)
		for (bool sent : both)
			for (bool errors : both)
				EXPECT_EQ(fate(false, killed, sent, errors), SCL_FATE_NONE);
}

TEST(Fate, a_flush_cut_short_is_killed_whatever_else_was_seen)
{
	for (bool sent : both)
		for (bool errors : both)
			EXPECT_EQ(fate(true, true, sent, errors), SCL_FATE_KILLED);
}

TEST(Fate, a_flush_that_was_sent_completed_unless_there_were_as_many_errors_as_tries)
{
	for (unsigned int errors : {0u, 1u, 2u})
		EXPECT_EQ(fate(true, false, true, errors), SCL_FATE_COMPLETED);
	for (unsigned int errors : {3u, 4u, ~0u})
		EXPECT_EQ(fate(true, false, true, errors), SCL_FATE_FAILED);
}

TEST(Fate, a_driver_that_sent_nothing_had_nothing_to_flush)
{
	for (bool errors : both)
		EXPECT_EQ(fate(true, false, false, errors), SCL_FATE_NONE);
}

TEST(Fate, takes_any_nonzero_evidence_for_true)
{
	scl_evidence e{255, 0, 128, 64};
	EXPECT_EQ(scl_flush_fate(&e), SCL_FATE_FAILED);
}
