// SPDX-License-Identifier: GPL-2.0
// The command line, and where its answer goes.
#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "tool.hpp"

class CommandLine : public testing::Test {
protected:
	Tree tree{"healthy"};
};

TEST_F(CommandLine, what_cannot_be_written_is_an_error)
{
	for (const char *words : {"status -a", "status --json", "report", "--help", "--version"}) {
		auto line = std::string(TOOL) + " --root " + tree.root() + " " + words +
			    " >/dev/full 2>/dev/null";
		int status = std::system(line.c_str());
		EXPECT_EQ(WEXITSTATUS(status), 9) << words;
	}
}

TEST_F(CommandLine, a_time_that_is_none_is_a_mistake)
{
	for (const char *seconds : {"nan", "-nan", "inf", "-inf", "-1", "1e9", "soon", ""})
		EXPECT_EQ(run_tool(tree, {"status", std::string("--timeout=") + seconds}).code, 2)
			<< seconds;
	EXPECT_EQ(run_tool(tree, {"status", "--timeout", "0.5"}).code, 0);
}

TEST_F(CommandLine, a_number_is_decimal)
{
	for (std::string host : {"8", "10"}) {
		auto place = "devices/platform/host" + host + "/target" + host + ":0:0/" + host +
			     ":0:0:0";
		tree.plant("sys/bus/scsi/devices/" + host + ":0:0:0 -> ../../../" + place + "\n" +
			   "sys/" + place + "/state = running\n");
	}
	auto ran = run_tool(tree, {"status", "-a", "--host", "010"});
	EXPECT_NE(ran.out.find("10:0:0:0"), ran.out.npos) << ran.out << ran.err;
	EXPECT_EQ(ran.out.find("8:0:0:0"), ran.out.npos) << ran.out;
	for (const char *option : {"--host", "--session"})
		for (const char *number : {"0x2", "2.0", "+2", "2,3", "0b10", "", "4294967296"}) {
			ran = run_tool(tree, {"check", option, number});
			EXPECT_EQ(ran.code, 2) << option << number;
			EXPECT_NE(ran.err.find(option), ran.err.npos) << ran.err;
		}
}

TEST_F(CommandLine, a_watch_without_a_pause_is_a_mistake_that_names_it)
{
	for (const char *seconds : {"0", "0.0", "1e-9", "-0", "-1", "nan", "inf", "soon"}) {
		auto ran = run_tool(
			tree, {"status", "--timeout", "1", std::string("--watch=") + seconds});
		EXPECT_EQ(ran.code, 2) << seconds;
		EXPECT_NE(ran.err.find("--watch: \"" + std::string(seconds) +
				       "\" is not between 0.1 and 1000000 seconds"),
			  ran.err.npos)
			<< ran.err;
	}
}

TEST_F(CommandLine, a_shell_is_given_no_name_that_it_would_expand)
{
	tree.write("sys/class/block/dm-0/dm/name", "good\n");
	tree.write("sys/class/block/dm-0/dm/uuid", "mpath-1\n");
	tree.write("sys/class/block/dm-1/dm/name", "bad$(touch x)\n");
	tree.write("sys/class/block/dm-1/dm/uuid", "mpath-2\n");
	auto ran = run_tool(tree, {"__complete"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_NE(ran.out.find("good\n"), ran.out.npos) << ran.out;
	EXPECT_EQ(ran.out.find("bad"), ran.out.npos) << ran.out;
}
