// SPDX-License-Identifier: GPL-2.0
// What is held, ended and set is the device that was named, not one that has its address by then.
#include <filesystem>
#include <gtest/gtest.h>

#include "changing.hpp"
#include "leased.hpp"
#include "tool.hpp"

static const std::string device = "sys/bus/scsi/devices/2:0:0:0/",
			 listed = "sys/class/scsi_lifecycle/2:0:0:0/";

class AnotherHasItsAddress : public testing::Test {
protected:
	void SetUp() override
	{
		tree.write("dev/scsi_lifecycle/2:0:0:0", "");
		tree.write(listed + "state", "running\n");
	}

	// The last file of the first reading is opened when this comes.
	void run(const std::vector<std::string> &words, const std::function<void()> &change)
	{
		Changing changing(tree, "proc/swaps", change);
		if (!changing.taken)
			GTEST_SKIP() << Leased::refusal;
		ran = run_tool(tree, words);
	}

	void run_replaced(const std::vector<std::string> &words)
	{
		run(words, [this] {
			tree.write(device + "wwid", "naa.another\n");
			tree.write(listed + "number", "9\n");
		});
		if (IsSkipped())
			return;
		EXPECT_EQ(ran.code, 5) << ran.err;
		EXPECT_NE(ran.err.find("2:0:0:0 (sda): it is gone, and another device has its"),
			  ran.err.npos)
			<< ran.err;
	}

	Tree tree{"healthy", "guard"};
	Ran ran{};
};

TEST_F(AnotherHasItsAddress, and_is_not_held)
{
	run_replaced({"hold", "sda", "--", "touch", tree.root() + "/ran"});
	EXPECT_FALSE(std::filesystem::exists(tree.root() + "/ran"));
}

TEST_F(AnotherHasItsAddress, and_is_not_ended)
{
	tree.write(listed + "state", "cancel\n");
	run_replaced({"end", "sda"});
}

TEST_F(AnotherHasItsAddress, and_is_given_no_time)
{
	run_replaced({"set", "teardown_tmo=30", "sda"});
	EXPECT_EQ(tree.read(listed + "teardown_tmo"), "default\n");
}

TEST_F(AnotherHasItsAddress, or_it_is_not_seen_whether_that_is_so)
{
	run({"set", "teardown_tmo=30", "sda"}, [this] {
		tree.make_unreadable(device + "wwid");
		tree.make_unreadable(listed + "number");
	});
	if (IsSkipped())
		return;
	EXPECT_EQ(ran.code, 9) << ran.err;
	EXPECT_NE(ran.err.find("whether it is still the same device"), ran.err.npos) << ran.err;
	EXPECT_EQ(tree.read(listed + "teardown_tmo"), "default\n");
}

// Its number tells, also where its removal has taken the WWID from sysfs meanwhile.
TEST_F(AnotherHasItsAddress, is_not_so_where_its_number_is_the_same)
{
	run({"set", "teardown_tmo=30", "sda"}, [this] { tree.remove(device + "wwid"); });
	if (IsSkipped())
		return;
	EXPECT_EQ(ran.code, 0) << ran.err;
	EXPECT_EQ(tree.read(listed + "teardown_tmo").substr(0, 2), "30");
}

TEST_F(AnotherHasItsAddress, and_where_none_has_it_the_device_is_said_to_be_gone)
{
	run({"set", "teardown_tmo=30", "sda"}, [this] {
		tree.remove("sys/bus/scsi/devices/2:0:0:0");
		tree.remove("sys/devices/platform/host2/target2:0:0/2:0:0:0");
		tree.remove("sys/class/scsi_lifecycle/2:0:0:0");
	});
	if (IsSkipped())
		return;
	EXPECT_EQ(ran.code, 5) << ran.err;
	EXPECT_NE(ran.err.find("it is gone"), ran.err.npos) << ran.err;
}
