// SPDX-License-Identifier: GPL-2.0
// Which device a process removes that has `delete` of several open.
#include <gtest/gtest.h>

#include "tool.hpp"

// `tee` removes 7:0:0:1 in `session`.
class Deleters : public testing::Test {
protected:
	Tree tree{"healthy", "session"};
};

// `tee` opens all of its files before it writes to the first.
TEST_F(Deleters,
       of_several_that_a_process_is_to_delete_one_that_is_there_as_ever_is_not_removed_yet)
{
	tree.plant("proc/23117/fd/4 -> "
		   "/sys/devices/platform/host2/target2:0:0/2:0:0:1/delete\n");
	auto ran = run_tool(tree, {"why"});
	EXPECT_NE(ran.out.find("7:0:0:1 is being removed by tee (23117)"), ran.out.npos) << ran.out;
	EXPECT_EQ(ran.out.find("2:0:0:1"), ran.out.npos) << ran.out;
	// It is done with that one.
	tree.plant("proc/23117/fd/5 -> "
		   "/sys/devices/platform/host2/target2:0:0/2:0:0:9/delete (deleted)\n");
	EXPECT_EQ(run_tool(tree, {"wait", "--timeout", "1", "2:0:0:9"}).code, 0);
	EXPECT_EQ(run_tool(tree, {"why"}).out, ran.out);
}

TEST_F(Deleters, where_several_of_them_are_going_it_is_not_seen_which)
{
	tree.plant("sys/devices/platform/host7/session3/target7:0:0/7:0:0:3/\n"
		   "proc/23117/fd/4 -> "
		   "/sys/devices/platform/host7/session3/target7:0:0/7:0:0:3/delete\n");
	auto ran = run_tool(tree, {"why"});
	EXPECT_EQ(ran.code, 1);
	EXPECT_NE(ran.out.find("a device that is not known is being removed by tee (23117)"),
		  ran.out.npos)
		<< ran.out;
}
