// SPDX-License-Identifier: GPL-2.0
// The end of a teardown that is asked for: an ioctl of the node, in a child.
#include <cstddef>
#include <cstdio>
#include <functional>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "node/record.hpp"
#include "tool.hpp"
#include "verbs/verb.hpp"

TEST(End, of_a_device_that_is_not_being_removed_is_refused)
{
	Tree tree{"healthy", "guard"};
	tree.write("dev/scsi_lifecycle/2:0:0:0", "");
	auto ran = run_tool(tree, {"end", "sda"});
	EXPECT_EQ(ran.code, 6);
	EXPECT_NE(ran.err.find("not being removed"), ran.err.npos);
}

// What becomes of a process that asks the kernel for the end: `action` is one of seccomp's.
static long on_end(unsigned action, unsigned flags)
{
	sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SCSI_LIFECYCLE_IOC_END, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	sock_fprog program = {std::size(filter), filter};
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static constexpr int no_seccomp = 77;

// The exit code of a process that does this, or its signal as a negative number.
static int code_of(const std::function<int()> &work)
{
	auto pid = fork();
	if (pid == 0)
		_exit(work());
	int status;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST(End, is_asked_for_in_a_child_which_may_hang)
{
	Tree tree{"healthy", "guard"};
	tree.write("dev/scsi_lifecycle/2:0:0:0", "");
	tree.write("sys/class/scsi_lifecycle/2:0:0:0/state", "cancel\n");
	EXPECT_EQ(run_tool(tree, {"end", "sda"}).code, 7);
	scl::Context context;
	context.root = scl::Root(tree.root());
	context.wanted.names = {"sda"};
	auto code = code_of([&] {
		return on_end(SECCOMP_RET_KILL_PROCESS, 0) == 0
			       ? static_cast<int>(scl::end(context))
			       : no_seccomp;
	});
	if (code == no_seccomp)
		GTEST_SKIP() << "no seccomp";
	EXPECT_EQ(code, 9);
}

TEST(End, of_a_removal_that_hung_before_the_module_came_is_refused_and_the_device_is_not_gone)
{
	Tree tree{"healthy", "guard", "session"};
	tree.write("sys/kernel/debug/scsi_lifecycle/devices",
		   "7:0:0:1 state=cancel blocked=yes since=9 deadline=9 holds=0 waits_for=path\n");
	auto ran = run_tool(tree, {"end", "7:0:0:1"});
	EXPECT_EQ(ran.code, 6);
	EXPECT_NE(ran.err.find("it has no node"), ran.err.npos) << ran.err;
}

// Neither sysfs nor the module's list has it, but a process has its `delete` open.
TEST(End, of_a_removal_that_only_its_process_shows_does_not_say_that_it_is_gone)
{
	Tree tree{"healthy", "guard", "session"};
	tree.remove("sys/devices/platform/host7/session3/target7:0:0/7:0:0:1");
	auto ran = run_tool(tree, {"end", "7:0:0:1"});
	EXPECT_EQ(ran.code, 6) << ran.err;
	EXPECT_NE(ran.err.find("it has no node"), ran.err.npos) << ran.err;
}

// The kernel leaves the first that asks without an answer, and answers the second.
static void answer_second(int listener)
{
	for (int asked = 0; asked < 2; asked++) {
		seccomp_notif request = {};
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0)
			return;
		seccomp_notif_resp response = {};
		response.id = request.id;
		if (asked == 1)
			ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
	}
}

TEST(End, of_a_device_whose_kernel_does_not_answer_takes_no_time_from_another)
{
	Tree tree{"healthy", "guard"};
	scl::Context context;
	context.root = scl::Root(tree.root());
	context.timeout = 3;
	for (const char *address : {"2:0:0:0", "2:0:0:1"}) {
		tree.write(std::string("dev/scsi_lifecycle/") + address, "");
		tree.write(std::string("sys/class/scsi_lifecycle/") + address + "/state",
			   "cancel\n");
		context.wanted.names.emplace_back(address);
	}
	auto told = tree.root() + "/told";
	auto code = code_of([&] {
		auto listener = on_end(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
		if (listener < 0 || !std::freopen(told.c_str(), "w", stdout))
			return no_seccomp;
		std::thread(answer_second, static_cast<int>(listener)).detach();
		return static_cast<int>(scl::end(context));
	});
	if (code == no_seccomp)
		GTEST_SKIP() << "no seccomp";
	EXPECT_EQ(code, 3);
	EXPECT_NE(tree.read("told").find(": its removal waits "), std::string::npos);
}

TEST(End, whose_time_is_over_is_not_asked_for)
{
	Tree tree{"healthy", "guard"};
	tree.write("dev/scsi_lifecycle/2:0:0:0", "");
	tree.write("sys/class/scsi_lifecycle/2:0:0:0/state", "cancel\n");
	auto ran = run_tool(tree, {"end", "--timeout", "0", "sda"});
	EXPECT_EQ(ran.code, 3);
	EXPECT_NE(ran.err.find("its time was over; it was not ended"), ran.err.npos) << ran.err;
}
