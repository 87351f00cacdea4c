// SPDX-License-Identifier: GPL-2.0
//
// Which command is a flush, and which end of one is a success.
#include <gtest/gtest.h>

#include <algorithm>

#include "scsi_lifecycle_core.h"

namespace {

constexpr bool both[] = {false, true};

} // namespace

TEST(Command, is_a_flush_of_the_driver_s_or_of_a_file_system_s_and_never_a_user_s)
{
	for (int opcode = 0; opcode < 256; opcode++) {
		const auto of = [=](bool passthrough, bool power_management) {
			return scl_flush_of_command((unsigned char)opcode, passthrough,
						    power_management);
		};
		const bool flush = opcode == 0x35 || opcode == 0x91, stop = opcode == 0x1b;

		EXPECT_EQ(of(true, true) == SCL_FLUSH_DRIVER, flush);
		EXPECT_EQ(of(true, true) == SCL_FLUSH_STOP, stop);
		EXPECT_EQ(of(true, true) == SCL_FLUSH_NONE, !flush && !stop);
		EXPECT_EQ(of(true, false), SCL_FLUSH_NONE) << "a user's";
		for (bool power_management : both)
			EXPECT_EQ(of(false, power_management),
				  flush ? SCL_FLUSH_FILE_SYSTEM : SCL_FLUSH_NONE);
	}
}

TEST(Command, that_comes_later_counts_of_two_that_are_seen_at_once)
{
	constexpr scl_flush in_order[] = {SCL_FLUSH_NONE, SCL_FLUSH_FILE_SYSTEM, SCL_FLUSH_DRIVER,
					  SCL_FLUSH_STOP};

	for (int one = 0; one < 4; one++)
		for (int other = 0; other < 4; other++)
			EXPECT_EQ(scl_flush_later(in_order[one], in_order[other]),
				  in_order[std::max(one, other)]);
}

TEST(Command, that_ended_with_a_recovered_error_succeeded_and_with_no_other_sense)
{
	for (bool error : both)
		for (bool good : both)
			for (bool deferred : both)
				for (unsigned char k = 0; k < 16; k++) {
					const scl_flush_end end{0, error, good, deferred, k, 0, 0};
					const bool recovered = k == 1 && !deferred;
					EXPECT_EQ(scl_flush_succeeded(&end),
						  !error && (good || recovered));
				}
}
