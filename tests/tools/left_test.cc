// SPDX-License-Identifier: GPL-2.0
// What a call leaves behind in the kernel, and what the next one makes of it.
#include "source/left.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "source/gather.hpp"
#include "tool.hpp"

using namespace scl;

// A file of /proc as the kernel writes it of a process that was sent SIGKILL, the ninth signal.
static std::string status(const std::string &name, char state, const std::string &pending,
			  uid_t owner)
{
	return fmt::format("Name:\t{}\nUmask:\t0022\nState:\t{} (x)\nUid:\t{}\t{}\t{}\t{}\n"
			   "SigPnd:\t{}\nShdPnd:\t0000000000000000\n",
			   name, state, owner, owner, owner, owner, pending);
}

static const std::string killed = "0000000000000100", not_killed = "0000000000004000";

static Left left_by(const std::string &text)
{
	Snapshot snapshot;
	snapshot.put_text("proc/4711/status", text);
	return left_of(snapshot, 1000);
}

TEST(Left, is_a_process_that_was_killed_and_is_there_still)
{
	auto name = left_name("/sys/x");
	EXPECT_EQ(left_by(status(name, 'D', killed, 0)), (Left{{name, 4711}}));
	EXPECT_EQ(left_by(status(name, 'D', killed, 1000)), (Left{{name, 4711}}));
	EXPECT_TRUE(left_by(status(name, 'D', not_killed, 0)).empty());
	EXPECT_TRUE(left_by(status(name, 'Z', killed, 0)).empty());
}

TEST(Left, another_user_can_make_none)
{
	EXPECT_TRUE(left_by(status(left_name("/sys/x"), 'D', killed, 1001)).empty());
}

TEST(Left, a_name_tells_paths_apart_and_is_not_cut_off_by_the_kernel)
{
	auto name = left_name("/sys/class/scsi_host/host2/state");
	EXPECT_NE(name, left_name("/sys/class/scsi_host/host3/state"));
	EXPECT_LE(name.size(), 15u);
	EXPECT_TRUE(may_be_left(name));
	EXPECT_FALSE(may_be_left("scsi_eh_2"));
	EXPECT_FALSE(may_be_left("scl-"));
}

class LeftBehind : public testing::Test {
protected:
	// A process of an earlier call hangs in this file.
	void leave(const std::string &path)
	{
		auto name = left_name(path);
		tree.write("proc/4711/comm", name + "\n");
		tree.write("proc/4711/status", status(name, 'D', killed, geteuid()));
	}

	Tree tree{"healthy", "guard"};
};

TEST_F(LeftBehind, a_file_in_which_an_earlier_call_hangs_is_not_read)
{
	tree.plant("a/1 = one\na/2 = two\na/3 = three\n");
	leave(tree.root() + "/a/2");
	auto snapshot = gather(tree.root(), "the files", {"a/*"});
	EXPECT_EQ(snapshot.text("a/1"), "one");
	EXPECT_FALSE(snapshot.text("a/2"));
	EXPECT_EQ(snapshot.text("a/3"), "three");
	EXPECT_EQ(snapshot.unseen(),
		  (std::vector<std::string>{"the files: /a/2 was not read: process 4711 of an "
					    "earlier call hangs in it"}));
}

TEST_F(LeftBehind, a_link_in_which_an_earlier_call_hangs_is_not_followed)
{
	tree.plant("a/1 -> b\n");
	leave(tree.root() + "/a/1");
	auto snapshot = gather(tree.root(), "the links", {"@a/*"});
	EXPECT_TRUE(snapshot.links().empty());
	EXPECT_EQ(snapshot.hanging().size(), 1u);
}

TEST_F(LeftBehind, the_metrics_say_that_it_is_so)
{
	EXPECT_NE(run_tool(tree, {"metrics"}).out.find("scsi_lifecycle_hanging_reads 0\n"),
		  std::string::npos);
	leave(tree.root() + "/sys/class/scsi_lifecycle/counters");
	auto ran = run_tool(tree, {"metrics"});
	EXPECT_EQ(ran.code, 9);
	EXPECT_NE(ran.out.find("scsi_lifecycle_hanging_reads 1\n"), ran.out.npos) << ran.out;
	EXPECT_NE(ran.out.find("scsi_lifecycle_unread_values 1\n"), ran.out.npos) << ran.out;
	EXPECT_NE(ran.err.find("process 4711 of an earlier call"), ran.err.npos) << ran.err;
}

TEST_F(LeftBehind, a_file_that_an_earlier_call_hangs_in_writing_is_left_alone)
{
	auto file = tree.root() + "/x.prom";
	tree.write("x.prom", "old\n");
	leave(file);
	auto ran = run_tool(tree, {"metrics", "--textfile", file});
	EXPECT_EQ(ran.code, 3);
	EXPECT_NE(ran.err.find("process 4711"), ran.err.npos) << ran.err;
	EXPECT_EQ(tree.read("x.prom"), "old\n");
}
