// SPDX-License-Identifier: GPL-2.0
#include "base/errand.hpp"

#include <csignal>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/exit.hpp"

using namespace scl;
using namespace std::chrono_literals;

// The Failure of an errand that may take this long.
static Failure failure_of_errand(Milliseconds time, const std::function<void()> &work)
{
	try {
		run_errand("the work", Clock::now() + time, work);
	} catch (const Failure &failure) {
		return failure;
	}
	return {Exit::done, ""};
}

TEST(Errand, its_failure_is_the_callers)
{
	auto failure = failure_of_errand(30s, [] { throw Failure(Exit::usage, "x is wrong"); });
	EXPECT_EQ(failure.code, Exit::usage);
	EXPECT_STREQ(failure.what(), "x is wrong");
	failure = failure_of_errand(30s, [] { throw std::runtime_error("y"); });
	EXPECT_EQ(failure.code, Exit::cannot_tell);
	EXPECT_STREQ(failure.what(), "y");
	EXPECT_EQ(failure_of_errand(30s, [] {}).code, Exit::done);
}

TEST(Errand, one_that_hangs_is_a_time_out)
{
	auto begin = Clock::now();
	auto failure = failure_of_errand(100ms, [] { pause(); });
	EXPECT_EQ(failure.code, Exit::timed_out);
	// A busy machine lets it die later than it is waited for.
	EXPECT_TRUE(std::string(failure.what()).starts_with("the work has not ended in time"));
	EXPECT_LT(Clock::now() - begin, 10s);
}

TEST(Errand, one_that_is_killed_is_no_success)
{
	auto failure = failure_of_errand(30s, [] { raise(SIGKILL); });
	EXPECT_EQ(failure.code, Exit::cannot_tell);
	EXPECT_STREQ(failure.what(), "the work was cut off");
}
