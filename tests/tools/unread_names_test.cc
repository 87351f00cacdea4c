// SPDX-License-Identifier: GPL-2.0
// A name of which not all was read that it may stand for: it is not gone, and not all was found.
#include "kernel.hpp"
#include "unread.hpp"

class UnreadNames : public Unread {
protected:
	// That each is gone, and is 9 and names the path where that cannot be read.
	void expect_not_gone(const std::vector<Words> &names, const std::string &path)
	{
		for (auto words : names) {
			words.insert(words.begin(), "wait");
			EXPECT_EQ(run_tool(tree, words).code, 0) << words.back();
		}
		tree.make_unreadable(path);
		for (auto words : names)
			for (const char *verb : {"wait", "delete"}) {
				auto all = words;
				all.insert(all.begin(), verb);
				expect_named(all, path);
			}
	}
};

TEST_F(UnreadNames, a_device_that_may_be_half_removed)
{
	expect_not_gone({{"7:0:0:1"},
			 {"sdc"},
			 {"/dev/sdc"},
			 {"naa.600c0ff000000041"},
			 {"mpathz"},
			 {"--session", "4"},
			 {"--module", "lpfc"}},
			bus + "target7:0:0");
	EXPECT_EQ(run_tool(tree, {"wait", "2:0:0:9"}).code, 0);
	EXPECT_EQ(run_tool(tree, {"wait", "--host", "9"}).code, 0);
}

TEST_F(UnreadNames, a_wwid)
{
	expect_not_gone({{"naa.600c0ff000000041"}, {"/dev/disk/by-id/wwn-0x600c0ff000000041"}},
			bus + "7:0:0:2/wwid");
	EXPECT_EQ(run_tool(tree, {"wait", "sdc"}).code, 0);
}

TEST_F(UnreadNames, a_driver)
{
	expect_not_gone({{"--module", "lpfc"}}, "sys/class/scsi_host");
}

TEST_F(UnreadNames, an_alias_of_a_map)
{
	tree.write("sys/class/block/dm-4/dm/name", "data1\n");
	tree.make_unreadable("sys/class/block/dm-4/dm/name");
	for (const char *verb : {"wait", "delete", "check", "status"})
		expect_named({verb, "data1"}, "sys/class/block/dm-4/dm/name");
}

TEST_F(UnreadNames, a_place)
{
	hide_place("7:0:0:2");
	expect_named({"wait", "--session", "4"}, bus + "7:0:0:2");
}

TEST_F(UnreadNames, a_disk)
{
	expect_not_gone({{"sdc"}, {"/dev/sdc"}}, bus + "7:0:0:2/block");
	for (const char *name : {"sdd", "mpatha"})
		for (const char *verb : {"wait", "delete", "check", "status"})
			expect_named({verb, name}, bus + "7:0:0:2/block");
}

TEST_F(UnreadNames, those_beside_a_device_that_was_found)
{
	tree.make_unreadable(bus + "target7:0:0");
	for (const auto &words : {Words{"host7"}, {"mpatha"}, {"--session", "3"}}) {
		auto all = words;
		all.insert(all.begin(), {"wait", "--timeout", "1"});
		auto ran = run_tool(tree, all);
		EXPECT_EQ(ran.code, 3) << ran.err;
		EXPECT_NE(ran.err.find("more devices may be meant: /" + bus + "target7:0:0"),
			  ran.err.npos)
			<< ran.err;
	}
}

TEST_F(UnreadNames, a_disk_that_was_not_read_is_not_one_without_a_disk)
{
	load();
	expect_blind({"check", "7:0:0:2"}, bus + "7:0:0:2/block");
}

// The one that was found is deleted all the same.
TEST_F(UnreadNames, a_wwid_that_a_second_disk_may_have)
{
	load();
	tree.make_unreadable(bus + "2:0:0:1/wwid");
	Kernel kernel(tree, "sys/devices/platform/host2/target2:0:0/2:0:0:0",
		      {began(1000000000), ended(1100000000, SCSI_LIFECYCLE_FLUSH_NONE)});
	auto ran = expect_named({"delete", "naa.3333333000007d00"}, bus + "2:0:0:1/wwid");
	EXPECT_NE(ran.out.find("sda 2:0:0:0  gone in 0.1 s"), ran.out.npos) << ran.out;
}
