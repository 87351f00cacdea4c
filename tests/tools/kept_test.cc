// SPDX-License-Identifier: GPL-2.0
// A device whose removal has ended, and which an open file or a map keeps.
#include <gtest/gtest.h>

#include "tool.hpp"

static const std::string list = "sys/kernel/debug/scsi_lifecycle/devices";

// The module's list has both, and 1234 ms ago one ended at that address.
TEST(Kept, by_a_map_a_device_whose_removal_has_ended_is_not_being_removed)
{
	const std::string rest = " deadline=- holds=0 waits_for=- references=0 openers=0 disk=sdd "
				 "wwid=naa.600c0ff000000042\n";
	Tree tree{"healthy", "guard"};
	tree.write(list, "7:0:0:2 state=del blocked=no since=1234" + rest);
	auto ended = run_tool(tree, {"wait", "--need-outcome", "sdd"});
	EXPECT_EQ(ended.code, 4) << ended.err;
	tree.write(list, "7:0:0:2 state=del blocked=no since=1233" + rest);
	EXPECT_EQ(run_tool(tree, {"wait", "--timeout", "1", "sdd"}).code, 3);
}

// Many others have ended since: its line in the list of those that ended is gone.
TEST(Kept, a_device_is_gone_where_the_module_says_so)
{
	const std::string line = "7:0:0:9 state=del blocked=no since=99 deadline=- holds=0 "
				 "waits_for=- references=0 openers=0 disk=sdy wwid=naa.9 gone=";
	Tree tree{"healthy", "guard"};
	tree.write(list, line + "yes\n");
	EXPECT_EQ(run_tool(tree, {"wait", "sdy"}).code, 0);
	EXPECT_EQ(run_tool(tree, {"status"}).out.find("7:0:0:9"), std::string::npos);
	// Another removal of that host runs.
	tree.write(list, "7:0:0:2 state=del blocked=no since=900000 deadline=- holds=0 waits_for=- "
			 "references=0 openers=0 disk=sdd wwid=naa.600c0ff000000042 gone=no\n");
	EXPECT_EQ(run_tool(tree, {"wait", "--need-outcome", "--timeout", "5", "sdd"}).code, 4);
	tree.write(list, line + "no\n");
	EXPECT_EQ(run_tool(tree, {"wait", "--timeout", "1", "sdy"}).code, 3);
	EXPECT_NE(run_tool(tree, {"status"}).out.find("7:0:0:9"), std::string::npos);
}
