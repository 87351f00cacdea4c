// SPDX-License-Identifier: GPL-2.0
// What a child that hangs in a write is called.
#include "source/writing.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>

#include "leased.hpp"
#include "process.hpp"
#include "tool.hpp"

class Writing : public testing::Test {
protected:
	// Whether the command has a child that is called by the file in which it hangs.
	bool has_child_called_by(const std::string &file, const std::vector<std::string> &words)
	{
		auto name = scl::left_name(tree.root() + "/" + file);
		Ran ran;
		std::atomic<bool> over = false;
		bool called = false;
		std::thread tool([&] {
			ran = run_tool(tree, words);
			over = true;
		});
		while (!over && !called)
			called = process_called(name) != 0;
		tool.join();
		EXPECT_EQ(ran.code, 3) << ran.out << ran.err;
		return called;
	}

	Tree tree{"healthy", "guard"};
	const std::string parameter = "sys/module/scsi_lifecycle/parameters/teardown_tmo";
	const std::string sda = "sys/devices/platform/host2/target2:0:0/2:0:0:0";
};

TEST_F(Writing, the_child_of_each_verb_is_called_by_its_file)
{
	tree.write("sys/class/scsi_lifecycle/rescue", "");
	tree.write("etc/modprobe.d/scsi_lifecycle.conf", "");
	Leased leased(tree, {parameter, "sys/class/scsi_lifecycle/rescue", sda + "/delete"},
		      F_RDLCK);
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	EXPECT_TRUE(has_child_called_by(parameter, {"set", "teardown_tmo=7", "--timeout", "4"}));
	EXPECT_TRUE(has_child_called_by("sys/class/scsi_lifecycle/rescue",
					{"rescue", "--timeout", "4"}));
	EXPECT_TRUE(has_child_called_by(sda + "/delete",
					{"delete", "--force", "--timeout", "6", "2:0:0:0"}));
}
