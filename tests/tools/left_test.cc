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
			  uid_t owner, const std::string &pids = "4711")
{
	return fmt::format("Name:\t{}\nUmask:\t0022\nState:\t{} (x)\nUid:\t{}\t0\t0\t0\n"
			   "NSpid:\t{}\nSigPnd:\t{}\nShdPnd:\t0000000000000000\n",
			   name, state, owner, pids, pending);
}

static const std::string killed = "0000000000000100", not_killed = "0000000000004000";
static const std::string program = "/usr/bin/scsi-lifecycle";

static Left left_by(const std::string &text, const std::string &its_program = program)
{
	Snapshot snapshot;
	snapshot.put_text("proc/4711/status", text);
	snapshot.put_link("proc/4711/exe", its_program);
	snapshot.put_link("proc/self/exe", program);
	return left_of(snapshot, 1000);
}

TEST(Left, is_a_process_that_was_killed_and_is_there_still)
{
	auto name = left_name("/sys/x");
	EXPECT_EQ(left_by(status(name, 'D', killed, 1000)), (Left{{name, 4711}}));
	EXPECT_TRUE(left_by(status(name, 'D', not_killed, 1000)).empty());
	for (char state : {'Z', 'R', 'S', 'T', 't'})
		EXPECT_TRUE(left_by(status(name, state, killed, 1000)).empty()) << state;
}

TEST(Left, of_another_user_or_root_is_none_of_the_callers)
{
	for (uid_t owner : {1001, 0})
		EXPECT_TRUE(left_by(status(left_name("/sys/x"), 'D', killed, owner)).empty());
}

TEST(Left, runs_the_same_program_also_where_that_was_replaced)
{
	auto text = status(left_name("/sys/x"), 'D', killed, 1000);
	EXPECT_TRUE(left_by(text, "/usr/bin/python3").empty());
	EXPECT_EQ(left_by(text, program + " (deleted)").size(), 1u);
}

TEST(Left, is_not_in_a_container)
{
	auto text = status(left_name("/sys/x"), 'D', killed, 1000, "4711\t12");
	EXPECT_TRUE(left_by(text).empty());
}

TEST(Left, is_none_where_the_callers_own_program_was_not_read)
{
	Snapshot snapshot;
	snapshot.put_text("proc/4711/status", status(left_name("/sys/x"), 'D', killed, 1000));
	EXPECT_TRUE(left_of(snapshot, 1000).empty());
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
		tree.write("proc/4711/status", status(name, 'D', killed, getuid()));
	}

	LeftBehind()
	{
		tree.plant("proc/4711/exe -> " + program + "\nproc/self/exe -> " + program + "\n");
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

TEST_F(LeftBehind, no_verb_writes_to_a_file_in_which_an_earlier_call_hangs)
{
	tree.write("sys/class/scsi_lifecycle/rescue", "");
	auto archive = tree.root() + "/a.tar.gz";
	struct Call {
		std::string file;
		std::vector<std::string> words;
	};
	for (const auto &call : {Call{tree.root() + "/sys/class/scsi_lifecycle/rescue", {"rescue"}},
				 Call{tree.root() + "/etc/modprobe.d/scsi_lifecycle.conf",
				      {"set", "--persist", "teardown_tmo=7"}},
				 Call{archive, {"report", "-o", archive}}}) {
		leave(call.file);
		auto ran = run_tool(tree, call.words);
		EXPECT_EQ(ran.code, 3) << ran.err;
		EXPECT_NE(ran.err.find("process 4711 of an earlier call hangs in it"), ran.err.npos)
			<< ran.err;
	}
	EXPECT_EQ(tree.read("sys/class/scsi_lifecycle/rescue"), "");
}
