// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "scsi_lifecycle_core.h"

namespace {

constexpr unsigned char both[] = {0, 1};

// Every evidence there is, with that many flushes seen to end.
template <typename Check> void for_all(unsigned int ended, Check check)
{
	for (unsigned char cached : both)
		for (unsigned char killed : both)
			for (unsigned char watched : both)
				for (unsigned char succeeded : both) {
					const scl_evidence e{cached, killed, watched, succeeded, ended, 0, 0, 0};
					check(e, scl_flush_fate(&e));
				}
}

} // namespace

TEST(Fate, of_a_flush_that_was_seen_to_succeed_is_completed_whatever_was_done_to_its_device)
{
	for (unsigned int ended : {1u, 2u, ~0u})
		for_all(ended, [](const scl_evidence &e, scl_fate fate) {
			EXPECT_EQ(fate == SCL_FATE_COMPLETED, e.succeeded != 0);
		});
}

TEST(Fate, of_a_flush_that_was_seen_to_fail_is_killed_if_it_was_cut_off_and_else_failed)
{
	for (unsigned int ended : {1u, 2u, ~0u})
		for_all(ended, [](const scl_evidence &e, scl_fate fate) {
			if (!e.succeeded) {
				EXPECT_EQ(fate, e.killed ? SCL_FATE_KILLED : SCL_FATE_FAILED);
			}
		});
}

TEST(Fate, of_a_flush_that_had_failed_before_its_device_was_cut_off_is_failed)
{
	for (unsigned char killed : both)
		for (unsigned int ended : {1u, 2u, 3u}) {
			const scl_evidence e{1, killed, 1, 0, ended, 2, 0, 0};
			EXPECT_EQ(scl_flush_fate(&e), killed && ended == 3 ? SCL_FATE_KILLED : SCL_FATE_FAILED);
		}
}

TEST(Fate, without_a_write_cache_and_a_flush_there_is_nothing_to_lose)
{
	for_all(0, [](const scl_evidence &e, scl_fate fate) {
		if (!e.cached) {
			EXPECT_EQ(fate, SCL_FATE_NONE);
		}
	});
}

TEST(Fate, of_a_cache_whose_device_was_cut_off_before_a_flush_ended_is_killed)
{
	for_all(0, [](const scl_evidence &e, scl_fate fate) {
		if (e.cached) {
			EXPECT_EQ(fate == SCL_FATE_KILLED, e.killed && e.watched);
		}
	});
}

TEST(Fate, of_a_flush_is_none_only_where_there_is_no_medium_or_no_such_command)
{
	struct {
		unsigned char asc, ascq;
		scl_fate fate;
	} const answers[] = {
		{0x3a, 0, SCL_FATE_NONE}, {0x20, 0, SCL_FATE_NONE}, {0x24, 0, SCL_FATE_FAILED},
		{0x20, 0x02, SCL_FATE_FAILED}, {0, 0, SCL_FATE_FAILED}, {0x25, 0, SCL_FATE_FAILED},
		{0x74, 0x71, SCL_FATE_FAILED}, {0x04, 0x04, SCL_FATE_FAILED}, {0x74, 0, SCL_FATE_FAILED},
		{0x04, 0, SCL_FATE_FAILED}, {0x71, 0x71, SCL_FATE_FAILED}, {0x0c, 0x04, SCL_FATE_FAILED},
	};

	for (const auto &a : answers) {
		const scl_evidence failed{1, 0, 1, 0, 1, 0, a.asc, a.ascq};
		const scl_evidence completed{1, 0, 1, 1, 1, 0, a.asc, a.ascq};
		EXPECT_EQ(scl_flush_fate(&failed), a.fate) << int(a.asc);
		EXPECT_EQ(scl_flush_fate(&completed), SCL_FATE_COMPLETED) << int(a.asc);
	}
}

TEST(Fate, of_a_driver_that_sent_nothing_is_none_only_if_it_was_watched)
{
	for_all(0, [](const scl_evidence &e, scl_fate fate) {
		if (e.cached && !e.killed) {
			EXPECT_EQ(fate, e.watched ? SCL_FATE_NONE : SCL_FATE_UNKNOWN);
		}
	});
}

TEST(Fate, takes_any_nonzero_evidence_for_true)
{
	const scl_evidence completed{255, 2, 128, 64, 1, 0, 0, 0}, unknown{255, 0, 0, 4, 0, 0, 0, 0},
		none{64, 0, 2, 0, 0, 0, 0, 0};

	EXPECT_EQ(scl_flush_fate(&completed), SCL_FATE_COMPLETED);
	EXPECT_EQ(scl_flush_fate(&unknown), SCL_FATE_UNKNOWN);
	EXPECT_EQ(scl_flush_fate(&none), SCL_FATE_NONE);
}
