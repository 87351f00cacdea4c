// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "kernel.hpp"
#include "tool.hpp"

TEST(Status, a_healthy_machine_is_one_line_and_0)
{
	auto ran = run_tool(Tree{"healthy", "guard"}, {});
	EXPECT_EQ(ran.code, 0);
	EXPECT_EQ(ran.out, "1 host, 2 devices, none blocked, none being removed; module 0.1.0\n");
	EXPECT_EQ(ran.err, "");
}

TEST(Status, what_is_wrong_is_shown_and_1)
{
	auto ran = run_tool(Tree{"healthy", "guard", "session", "session-guard"}, {});
	EXPECT_EQ(ran.code, 1);
	expect_golden("status-session-guard", ran.out);
}

TEST(Status, without_the_module_sysfs_is_shown)
{
	auto ran = run_tool(Tree{"healthy", "session"}, {"status"});
	EXPECT_EQ(ran.code, 1);
	expect_golden("status-session", ran.out);
}

TEST(Status, all_are_shown_where_that_is_asked_for)
{
	auto ran = run_tool(Tree{"healthy"}, {"-a"});
	EXPECT_EQ(ran.code, 0);
	expect_golden("status-all", ran.out);
}

TEST(Status, json_has_what_the_text_has)
{
	auto ran = run_tool(Tree{"healthy", "guard", "session", "session-guard"}, {"--json"});
	EXPECT_EQ(ran.code, 1);
	expect_golden("status-session-guard.json", ran.out);
}

// A value that the module did not give is no 0 and no "no".
TEST(Status, what_was_not_read_of_the_module_is_not_said)
{
	Tree tree{"healthy", "guard", "session", "session-guard"};
	for (const char *name : {"7:0:0:1/since", "7:0:0:1/deadline", "7:0:0:2/since",
				 "7:0:0:2/blocked", "7:0:0:2/holds"})
		tree.remove(std::string("sys/class/scsi_lifecycle/") + name);
	expect_golden("status-unread", run_tool(tree, {}).out);
	expect_golden("status-unread.json", run_tool(tree, {"--json"}).out);
	auto ran = run_tool(tree, {"why"});
	EXPECT_NE(ran.out.find("7:0:0:1 is being removed"), ran.out.npos) << ran.out;
	EXPECT_EQ(ran.out.find("or more"), ran.out.npos) << ran.out;
	EXPECT_EQ(ran.out.find("off"), ran.out.npos) << ran.out;
}

TEST(Status, a_device_that_is_named_is_shown_alone)
{
	auto ran = run_tool(Tree{"healthy", "session"}, {"status", "sdb"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_NE(ran.out.find("2:0:0:1"), ran.out.npos);
	EXPECT_EQ(ran.out.find("7:0:0:1"), ran.out.npos);
}

TEST(Status, what_a_disk_calls_itself_moves_no_cursor)
{
	Tree tree{"healthy"};
	tree.write("sys/devices/platform/host2/target2:0:0/2:0:0:0/wwid", "naa.\033[2J\xff\n");
	auto ran = run_tool(tree, {"-a"});
	EXPECT_EQ(ran.out.find('\033'), ran.out.npos);
	ran = run_tool(tree, {"-a", "--json"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_EQ(ran.out.find('\033'), ran.out.npos);
}

TEST(Status, is_looked_at_again_until_its_time_is_up)
{
	Tree tree{"healthy"};
	Kernel kernel(tree, "sys/devices/platform/host2/target2:0:0/2:0:0:0", {}, When::looked_at);
	auto ran = run_tool(tree, {"status", "--watch", "0.1", "--timeout", "4"});
	EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
	auto told = scl::lines(ran.out);
	ASSERT_GT(told.size(), 1u);
	EXPECT_NE(told.back().find("1 host, 1 device,"), told.back().npos) << ran.out;
}

TEST(Status, that_was_not_seen_once_is_looked_at_again)
{
	Tree tree{"healthy"};
	tree.remove("sys/bus");
	auto ran = run_tool(tree, {"status", "--watch", "0.1", "--timeout", "2", "sda"});
	EXPECT_EQ(ran.code, 9);
	EXPECT_GT(scl::lines(ran.err).size(), 1u) << ran.err;
	EXPECT_NE(ran.err.find("/sys/bus/scsi/devices was not read"), ran.err.npos) << ran.err;
}

TEST(Status, of_what_no_device_can_be_called_is_not_looked_at_again)
{
	auto ran =
		run_tool(Tree{"healthy"}, {"status", "--watch", "0.1", "--timeout", "30", "x y"});
	EXPECT_EQ(ran.code, 2);
	EXPECT_EQ(scl::lines(ran.err).size(), 1u) << ran.err;
}

TEST(Status, that_is_looked_at_again_is_an_object_a_line)
{
	auto ran = run_tool(Tree{"healthy"}, {"--json", "--watch", "0.1", "--timeout", "2"});
	for (auto line : scl::lines(ran.out))
		EXPECT_TRUE(line.starts_with('{') && line.ends_with('}')) << line;
	EXPECT_GT(scl::lines(ran.out).size(), 1u);
}

TEST(Why, the_exit_code_says_whether_something_hangs)
{
	EXPECT_EQ(run_tool(Tree{"healthy"}, {"why"}).code, 0);
	EXPECT_EQ(run_tool(Tree{"session"}, {"why"}).code, 1);
	EXPECT_EQ(run_tool(Tree{"session"}, {"why", "7:0:0:2"}).code, 0);
	EXPECT_EQ(run_tool(Tree{"session"}, {"why", "--session", "3"}).code, 1);
}

TEST(Why, a_process_is_found_where_it_waits_and_behind_what)
{
	Tree tree{"session"};
	EXPECT_EQ(run_tool(tree, {"why", "23117"}).code, 1);
	EXPECT_EQ(run_tool(tree, {"why", "23440"}).code, 1);
	EXPECT_EQ(run_tool(tree, {"why", "900"}).code, 0);
	// Above the SCSI layer.
	tree.plant("proc/901/task/901/stat = 901 (dd) D 1 901 901 0 -1 4194304 98 0 0 0 0 0 0 0 20 "
		   "0 1 0 500 5500000 200\n"
		   "proc/901/task/901/comm = dd\n"
		   "proc/901/task/901/stack = [<0>] bit_wait_io+0x11/0x70\n");
	auto other = run_tool(tree, {"why", "901"});
	EXPECT_EQ(other.code, 9);
	EXPECT_NE(other.err.find("dd (901) waits in the kernel, and no removal that is seen is the "
				 "cause: bit_wait_io"),
		  other.err.npos)
		<< other.err;
	tree.write("sys/class/block/dm-4/dm/suspended", "1\n");
	other = run_tool(tree, {"why", "901"});
	EXPECT_EQ(other.code, 9);
	EXPECT_NE(other.err.find("; suspended: dm-4 (mpatha)"), other.err.npos) << other.err;
	tree.write("sys/class/block/dm-4/dm/suspended", "0\n");
}

TEST(Why, a_process_and_a_device_are_each_told)
{
	Tree tree{"healthy", "session"};
	EXPECT_EQ(run_tool(tree, {"why", "23117", "9:0:0:0"}).code, 1);
	EXPECT_EQ(run_tool(tree, {"why", "900", "9:0:0:0"}).code, 0);
	EXPECT_EQ(run_tool(tree, {"why", "900", "7:0:0:1"}).code, 1);
	EXPECT_EQ(run_tool(tree, {"why", "900", "2:0:0:0"}).code, 0);
	EXPECT_EQ(run_tool(tree, {"why", "23117", "7:0:0:1"}).out,
		  run_tool(tree, {"why", "23117"}).out);
}

TEST(Why, a_process_is_not_told_what_hangs_another)
{
	Tree tree{"healthy"};
	tree.plant("proc/60/task/60/stat = 60 (sh) S 40\nproc/60/task/61/stat = 61 (sh) D 40\n"
		   "proc/60/task/61/comm = sh\nproc/60/task/61/stack :\n"
		   "\t[<0>] __mutex_lock+0x1/0x2\n\t[<0>] scsi_scan_host_selected+0x1/0x2\n"
		   "proc/70/task/70/stat = 70 (sh) S 40\n");
	EXPECT_EQ(run_tool(tree, {"why", "60"}).code, 1);
	auto ran = run_tool(tree, {"why", "70"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_EQ(ran.out, "Nothing hangs, as far as can be seen.\n");
}

TEST(Why, a_process_that_is_not_there_is_a_mistake_that_names_it)
{
	auto ran = run_tool(Tree{"session"}, {"why", "4711"});
	EXPECT_EQ(ran.code, 2);
	EXPECT_NE(ran.err.find("there is no process 4711"), ran.err.npos) << ran.err;
}

TEST(Why, without_stacks_and_module_it_cannot_tell)
{
	Tree tree{"healthy"};
	tree.plant("proc/60/task/60/stat = 60 (sh) D 40\nproc/60/task/60/comm = sh\n");
	EXPECT_EQ(run_tool(tree, {"why"}).code, 9);
	EXPECT_EQ(run_tool(tree, {"why", "60"}).code, 9);
}

TEST(Why, a_thread_that_ran_or_ended_meanwhile_does_not_hang)
{
	Tree tree{"healthy"};
	tree.plant("proc/60/task/60/stat = 60 (sh) D 40\n");
	EXPECT_EQ(run_tool(tree, {"why"}).code, 0);
	tree.plant("proc/60/task/60/comm = sh\nproc/60/task/60/stack =\n");
	EXPECT_EQ(run_tool(tree, {"why"}).code, 0);
}

TEST(CheckVerb, the_exit_code_is_the_worst_verdict)
{
	EXPECT_EQ(run_tool(Tree{"healthy"}, {"check", "sda", "sdb"}).code, 0);
	EXPECT_EQ(run_tool(Tree{"healthy", "session"}, {"check", "sda", "sdd"}).code, 1);
	EXPECT_EQ(run_tool(Tree{"healthy", "session"}, {"check", "--session", "3"}).code, 1);
	EXPECT_EQ(run_tool(Tree{"healthy"}, {"check"}).code, 2);
}

TEST(Line, what_is_not_known_is_2_and_named)
{
	Tree tree{"healthy"};
	for (std::vector<std::string> words : {std::vector<std::string>{"--frobnicate"},
					       {"why", "--host", "x"},
					       {"status", "a/b*"},
					       {"wait", "--timeout", "soon", "sda"},
					       {"status", "nonsense"},
					       {"check", "/dev"}}) {
		auto ran = run_tool(tree, words);
		EXPECT_TRUE(ran.code == 2 || words.back() == "/dev") << words.back();
		EXPECT_NE(ran.err + ran.out, "") << words.back();
	}
}

TEST(Line, a_device_may_stand_behind_an_option)
{
	Tree tree{"healthy", "session"};
	auto ran = run_tool(tree, {"check", "--session", "4", "sda", "--host", "9", "sdb"});
	EXPECT_EQ(ran.code, 2) << ran.err;
	EXPECT_EQ(ran.err, "host9: not there\nsession4: not there\n");
}

TEST(Line, options_of_all_verbs_may_stand_before_the_verb)
{
	auto ran = run_tool(Tree{"healthy"}, {"--json", "--quiet", "why"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_EQ(ran.out[0], '{');
}

TEST(Line, only_hold_takes_a_command)
{
	auto ran = run_tool(Tree{"healthy"}, {"delete", "sda", "--", "true"});
	EXPECT_EQ(ran.code, 2);
}

TEST(Line, help_has_the_exit_codes)
{
	auto ran = run_tool(Tree(), {"--help"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_NE(ran.out.find("4  gone; the cache flush is lost"), ran.out.npos);
}
