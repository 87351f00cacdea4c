// SPDX-License-Identifier: GPL-2.0
#include "base/child.hpp"

#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limit.hpp"

using namespace scl;

static Time soon()
{
	return Clock::now() + std::chrono::seconds(30);
}

static bool is_null(int file)
{
	struct stat status;
	return fstat(file, &status) == 0 && status.st_rdev == makedev(1, 3);
}

// One that is left in the kernel would keep a pipe's reader waiting, or a lock.
TEST(Child, has_nothing_of_what_its_parent_has_open)
{
	int ends[2];
	ASSERT_EQ(pipe(ends), 0);
	Child child([&] {
		for (int file : {0, 1, 2})
			if (!is_null(file))
				return 1;
		return fcntl(ends[0], F_GETFD) < 0 && fcntl(ends[1], F_GETFD) < 0 ? 0 : 2;
	});
	EXPECT_EQ(child.wait(soon()), 0);
	close(ends[0]);
	close(ends[1]);
}

TEST(Child, ends_in_time_without_a_descriptor)
{
	rlimit limit, none;
	ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 1; // what poll(2) takes
	setrlimit(RLIMIT_NOFILE, &none);
	auto began = Clock::now();
	{
		Child child([] { return 7; });
		auto status = child.wait(began + std::chrono::seconds(5));
		EXPECT_LT(child.descriptor(), 0);
		ASSERT_TRUE(status);
		EXPECT_EQ(WEXITSTATUS(*status), 7);
	}
	setrlimit(RLIMIT_NOFILE, &limit);
	EXPECT_LT(Clock::now() - began, std::chrono::seconds(4));
}

TEST(Limit, is_raised_but_not_for_a_program_that_is_executed)
{
	rlimit before, limit;
	ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = {64, before.rlim_max};
	setrlimit(RLIMIT_NOFILE, &limit);
	raise_limit();
	getrlimit(RLIMIT_NOFILE, &limit);
	EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
	auto soft = [] {
		rlimit its;
		getrlimit(RLIMIT_NOFILE, &its);
		return its.rlim_cur == 64 ? 1 : 0;
	};
	EXPECT_EQ(WEXITSTATUS(*Child(soft, Child::everything).wait(soon())), 1);
	EXPECT_EQ(WEXITSTATUS(*Child(soft).wait(soon())), 0);
	setrlimit(RLIMIT_NOFILE, &before);
}
