// SPDX-License-Identifier: GPL-2.0
// What `report` gives to a terminal, and to a file.
#include <filesystem>
#include <gtest/gtest.h>

#include "tool.hpp"

namespace fs = std::filesystem;

class ReportGiven : public testing::Test {
protected:
	Tree tree{"healthy"};
};

TEST_F(ReportGiven, a_terminal_obeys_nothing_of_it)
{
	tree.write("sys/devices/platform/host2/target2:0:0/2:0:0:0/vendor", "a\x1b]0;b\x07\x9b\n");
	auto ran = run_tool(tree, {"report"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_EQ(ran.out.find_first_of("\x1b\x07\x9b"), ran.out.npos);
	EXPECT_NE(ran.out.find("\ta\\x1b]0;b\\x07\\x9b\n"), ran.out.npos);
}

TEST_F(ReportGiven, an_archive_is_for_its_owner_alone)
{
	for (const char *name : {"a.tar.gz", "host:a.tar.gz", "-a.tar.gz"}) {
		auto file = tree.root() + "/" + name;
		auto ran = run_tool(tree, {"report", "-o", file});
		EXPECT_EQ(ran.code, 0) << ran.err;
		EXPECT_EQ(tree.read(name).substr(0, 2), "\x1f\x8b") << name;
		EXPECT_EQ(fs::status(file).permissions(), fs::perms(0600)) << name;
	}
}

TEST_F(ReportGiven, an_archive_follows_no_link)
{
	tree.write("victim", "precious\n");
	fs::create_symlink("victim", tree.root() + "/a.tar.gz");
	EXPECT_EQ(run_tool(tree, {"report", "-o", tree.root() + "/a.tar.gz"}).code, 2);
	EXPECT_EQ(tree.read("victim"), "precious\n");
}
