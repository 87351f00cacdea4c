// SPDX-License-Identifier: GPL-2.0
#include "base/child.hpp"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "base/limit.hpp"

using namespace scl;

static Time soon()
{
	return Clock::now() + std::chrono::seconds(30);
}

// Whether it comes to wait, or to wait no more.
static bool becomes(const Child &child, bool waiting)
{
	auto end = soon();
	while (child.waits() != waiting && Clock::now() < end)
		std::this_thread::sleep_for(Milliseconds(1));
	return child.waits() == waiting;
}

static bool is_null(int file)
{
	struct stat status;
	return fstat(file, &status) == 0 && status.st_rdev == makedev(1, 3);
}

// One that is left in the kernel would keep a pipe's reader waiting, or a lock: 0 if it does not.
static int what_a_child_keeps()
{
	int ends[2];
	if (pipe(ends) != 0)
		return 3;
	auto work = [&] {
		for (int file : {0, 1, 2})
			if (!is_null(file))
				return 1;
		return fcntl(ends[0], F_GETFD) < 0 && fcntl(ends[1], F_GETFD) >= 0 ? 0 : 2;
	};
	auto status = Child(work, ends[1]).wait(soon());
	close(ends[0]);
	close(ends[1]);
	return status.value_or(4);
}

TEST(Child, has_nothing_of_what_its_parent_has_open_but_what_it_keeps)
{
	EXPECT_EQ(what_a_child_keeps(), 0);
}

// As before Linux 5.9.
static bool forbid_close_range()
{
	sock_filter steps[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	sock_fprog program = {std::size(steps), steps};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 &&
	       close_range(~0u, ~0u, 0) != 0 && errno == ENOSYS;
}

TEST(Child, has_nothing_either_where_the_kernel_closes_no_range)
{
	auto pid = fork();
	if (pid == 0)
		_exit(forbid_close_range() ? what_a_child_keeps() : 77);
	int status;
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 77)
		GTEST_SKIP() << "a filter of system calls may not be set here";
	EXPECT_EQ(status, 0);
}

TEST(Child, waits_or_is_busy)
{
	Child waiting([] { return pause(); }), busy([] {
		for (;;)
			asm volatile("");
		return 0;
	});
	EXPECT_TRUE(becomes(waiting, true));
	EXPECT_TRUE(becomes(busy, false));
}

// In state D: vfork() waits there for the process that it makes.
static int wait_in_the_kernel()
{
	if (vfork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
	}
	return 0;
}

TEST(Child, is_stuck_in_state_D_alone)
{
	Child sleeping([] { return pause(); }), stuck(wait_in_the_kernel);
	EXPECT_TRUE(becomes(stuck, true));
	EXPECT_TRUE(becomes(sleeping, true));
	EXPECT_TRUE(stuck.is_stuck());
	EXPECT_FALSE(sleeping.is_stuck());
}

// Nothing of it is called again.
TEST(Child, is_no_zombie_when_it_ends_after_it_was_given_up)
{
	pid_t pid;
	{
		Child child([] { return pause(); });
		pid = child.pid();
	}
	auto end = soon();
	while (kill(pid, 0) == 0 && Clock::now() < end)
		std::this_thread::sleep_for(Milliseconds(1));
	EXPECT_EQ(kill(pid, 0), -1);
}

TEST(Child, is_killed_when_its_parent_ends)
{
	// Its orphan is this process's to wait for.
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	int ends[2];
	ASSERT_EQ(pipe(ends), 0);
	auto parent = fork();
	if (parent == 0) {
		auto work = [&] {
			auto pid = getpid();
			return write(ends[1], &pid, sizeof(pid)) == sizeof(pid) ? pause() : 1;
		};
		Child child(work, ends[1]);
		_exit(pause());
	}
	pid_t pid = 0;
	ASSERT_EQ(read(ends[0], &pid, sizeof(pid)), ssize_t{sizeof(pid)});
	int status = 0;
	kill(parent, SIGKILL);
	EXPECT_EQ(waitpid(parent, &status, 0), parent);
	EXPECT_EQ(waitpid(pid, &status, 0), pid);
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
	prctl(PR_SET_CHILD_SUBREAPER, 0);
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
