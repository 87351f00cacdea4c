// SPDX-License-Identifier: GPL-2.0
#include "base/errand.hpp"

#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exit.hpp"
#include "dying.hpp"
#include "tree.hpp"

using namespace scl;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

// The Failure of an errand that may take this long.
static Failure failure_of_errand(Milliseconds time, const std::function<void()> &work,
				 const std::vector<std::string> &temporaries = {})
{
	try {
		run_errand({"the work", Clock::now() + time, work, temporaries});
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

TEST(Errand, one_that_is_slow_to_die_is_not_said_to_be_left)
{
	auto failure = failure_of_errand(1s, [] {
		prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
		Dying dying([pid = getpid()] { return pid; });
		pause();
	});
	EXPECT_STREQ(failure.what(), "the work has not ended in time");
}

TEST(Errand, one_that_is_killed_is_no_success)
{
	auto failure = failure_of_errand(30s, [] { raise(SIGKILL); });
	EXPECT_EQ(failure.code, Exit::cannot_tell);
	EXPECT_STREQ(failure.what(), "the work was cut off");
}

class Interrupted : public testing::Test {
protected:
	// What stays of the work's temporaries.
	bool is_clean() const { return !fs::exists(file) && !fs::exists(tree.root() + "/dir"); }

	std::function<void()> writing(const std::function<void()> &then)
	{
		return [this, then] {
			tree.write("dir/a", "a\n");
			tree.write("file", "half\n");
			then();
		};
	}

	Tree tree;
	std::string file = tree.root() + "/file";
	std::vector<std::string> temporaries = {tree.root() + "/dir", file};
};

TEST_F(Interrupted, nothing_stays_of_an_errand_that_fails_or_has_no_time_left)
{
	auto fail = writing([] { throw Failure(Exit::usage, "x is wrong"); });
	EXPECT_STREQ(failure_of_errand(30s, fail, temporaries).what(), "x is wrong");
	EXPECT_TRUE(is_clean());
	auto hang = writing([] { pause(); });
	EXPECT_EQ(failure_of_errand(300ms, hang, temporaries).code, Exit::timed_out);
	EXPECT_TRUE(is_clean());
}

TEST_F(Interrupted, what_stays_is_named)
{
	auto fail = [] { throw Failure(Exit::usage, "x is wrong"); };
	EXPECT_STREQ(failure_of_errand(30s, fail, {"/proc/version"}).what(),
		     "x is wrong; /proc/version could not be removed: Operation not permitted");
}

TEST_F(Interrupted, nothing_stays_where_a_signal_ends_the_process)
{
	for (int signal : {SIGHUP, SIGINT, SIGTERM}) {
		auto pid = fork();
		if (pid == 0) {
			// What runs the tests may have it ignored.
			std::signal(signal, SIG_DFL);
			failure_of_errand(60s, writing([] { pause(); }), temporaries);
			_exit(1);
		}
		auto end = Clock::now() + 30s;
		while (!fs::exists(file) && Clock::now() < end)
			std::this_thread::sleep_for(1ms);
		kill(pid, signal);
		int status = 0;
		EXPECT_EQ(waitpid(pid, &status, 0), pid);
		EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal) << status;
		EXPECT_TRUE(is_clean());
	}
}

// As nohup(1) has it.
TEST_F(Interrupted, a_signal_that_is_ignored_interrupts_nothing)
{
	auto before = std::signal(SIGHUP, SIG_IGN);
	auto parent = getpid();
	auto failure = failure_of_errand(
		30s, [parent] { kill(parent, SIGHUP); }, temporaries);
	EXPECT_EQ(failure.code, Exit::done) << failure.what();
	std::signal(SIGHUP, before);
}
