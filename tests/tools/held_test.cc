// SPDX-License-Identifier: GPL-2.0
// What happens while a node is held: a fifo stands for it, which has a reader as long as it is.
#include "verbs/held.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "kernel.hpp"

using namespace scl;

static const Address address = {2, 0, 0, 0};

class Held : public testing::Test {
protected:
	Held() { tree.fifo("dev/scsi_lifecycle/2:0:0:0"); }

	std::string fifo() const { return tree.root() + "/dev/scsi_lifecycle/2:0:0:0"; }

	bool is_held() const
	{
		int writer = open(fifo().c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (writer >= 0)
			close(writer);
		return writer >= 0;
	}

	// Whether that is so within a time.
	bool comes(bool held) const
	{
		for (int i = 0; i < 1000 && is_held() != held; i++)
			std::this_thread::sleep_for(std::chrono::milliseconds(10));
		return is_held() == held;
	}

	// The exit code of a hold without a command, after these records.
	Exit kept(std::initializer_list<Record> records)
	{
		sigset_t before;
		sigprocmask(SIG_SETMASK, nullptr, &before);
		std::deque<Node> nodes;
		nodes.emplace_back(tree.root(), address);
		int writer = open(fifo().c_str(), O_WRONLY | O_CLOEXEC);
		for (const auto &record : records)
			EXPECT_EQ(write(writer, &record, sizeof(record)), ssize_t{sizeof(record)});
		close(writer);
		testing::internal::CaptureStderr();
		auto machine = tree.machine();
		auto code = keep_held({}, {machine.device(address)}, nodes);
		said = testing::internal::GetCapturedStderr();
		sigprocmask(SIG_SETMASK, &before, nullptr);
		return code;
	}

	Tree tree{"healthy", "guard"};
	std::string said;
};

TEST_F(Held, until_the_command_has_ended_whatever_becomes_of_the_tool)
{
	auto go_on = tree.root() + "/go-on";
	auto pid = fork();
	if (pid == 0) {
		std::deque<Node> nodes;
		nodes.emplace_back(tree.root(), address);
		auto machine = tree.machine();
		run_held({}, {machine.device(address)}, nodes,
			 {"sh", "-c", "touch $0-begun; while ! [ -e $0 ]; do sleep 0.01; done",
			  go_on});
		_exit(0);
	}
	for (int i = 0; i < 1000 && access((go_on + "-begun").c_str(), F_OK) != 0; i++)
		std::this_thread::sleep_for(std::chrono::milliseconds(10));
	kill(pid, SIGTERM);
	waitpid(pid, nullptr, 0);
	EXPECT_TRUE(is_held());
	tree.write("go-on", "");
	EXPECT_TRUE(comes(false));
}

// As nohup(1) has it. A signal that is blocked is kept even where it is ignored.
TEST_F(Held, a_signal_that_is_ignored_ends_nothing)
{
	std::deque<Node> nodes;
	nodes.emplace_back(tree.root(), address);
	int writer = open(fifo().c_str(), O_WRONLY | O_CLOEXEC);
	auto before = std::signal(SIGHUP, SIG_IGN);
	sigset_t hangup, mask;
	sigemptyset(&hangup);
	sigaddset(&hangup, SIGHUP);
	sigprocmask(SIG_BLOCK, &hangup, &mask);
	raise(SIGHUP);
	auto machine = tree.machine();
	Context quiet;
	quiet.quiet = true;
	// The device goes when the hold waits, or has ended.
	std::atomic<bool> has_ended = false;
	std::thread kernel([&, main = gettid()] {
		auto stat = "/proc/self/task/" + std::to_string(main) + "/stat";
		for (std::string line; !has_ended && line.find(") S ") == line.npos;)
			std::getline(std::ifstream(stat), line);
		auto gone = ended(3, SCSI_LIFECYCLE_FLUSH_KILLED);
		EXPECT_EQ(write(writer, &gone, sizeof(gone)), ssize_t{sizeof(gone)});
		close(writer);
	});
	auto code = keep_held(quiet, {machine.device(address)}, nodes);
	has_ended = true;
	kernel.join();
	EXPECT_EQ(code, Exit::flush_lost);
	sigprocmask(SIG_SETMASK, &mask, nullptr);
	std::signal(SIGHUP, before);
}

TEST_F(Held, a_time_that_is_up_is_told)
{
	auto up = began(2);
	up.cause = SCSI_LIFECYCLE_CAUSE_DEADLINE;
	EXPECT_EQ(kept({began(1), up, ended(3, SCSI_LIFECYCLE_FLUSH_KILLED)}), Exit::flush_lost);
	EXPECT_EQ(said, "2:0:0:0 (sda): held no longer, the time of its teardown is up\n"
			"2:0:0:0 (sda): gone, flush LOST: it was cut off, or never sent\n");
}

TEST_F(Held, a_time_that_is_up_is_told_while_the_command_runs)
{
	std::deque<Node> nodes;
	nodes.emplace_back(tree.root(), address);
	int writer = open(fifo().c_str(), O_WRONLY | O_CLOEXEC);
	auto up = began(2);
	up.cause = SCSI_LIFECYCLE_CAUSE_DEADLINE;
	EXPECT_EQ(write(writer, &up, sizeof(up)), ssize_t{sizeof(up)});
	auto machine = tree.machine();
	testing::internal::CaptureStderr();
	auto code = run_held({}, {machine.device(address)}, nodes, {"sh", "-c", "exit 77"});
	EXPECT_EQ(static_cast<int>(code), 77);
	EXPECT_EQ(testing::internal::GetCapturedStderr(),
		  "2:0:0:0 (sda): held no longer, the time of its teardown is up\n");
	close(writer);
}

TEST_F(Held, a_device_that_is_gone_in_time_is_held_no_more)
{
	EXPECT_EQ(kept({began(1), ended(3, SCSI_LIFECYCLE_FLUSH_COMPLETED)}), Exit::done);
	EXPECT_EQ(said, "2:0:0:0 (sda): gone, flush completed\n");
}
