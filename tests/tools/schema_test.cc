// SPDX-License-Identifier: GPL-2.0
#include <cstdlib>
#include <gtest/gtest.h>

#include "kernel.hpp"
#include "tool.hpp"

// By Debian's python3-jsonschema; a line of `text` is what one run of the verb has printed.
static void expect_valid(const std::string &verb, const std::string &text)
{
	Tree files;
	files.write("out", text);
	auto command = std::string(SOURCES) + "/validate.py " + verb + " <" + files.root() +
		       "/out >" + files.root() + "/errors 2>&1";
	EXPECT_EQ(std::system(command.c_str()), 0)
		<< verb << " printed " << text << files.read("errors");
}

static std::string printed(const Tree &tree, std::vector<std::string> words)
{
	words.push_back("--json");
	return run_tool(tree, words).out;
}

TEST(Schema, fits_what_each_verb_prints)
{
	std::string status, why, check, doctor;
	for (std::initializer_list<const char *> names :
	     {std::initializer_list<const char *>{"healthy"},
	      {"healthy", "guard", "session", "session-guard"},
	      {"old-module"},
	      {"reboot"},
	      {"unload"},
	      {"freeze"}}) {
		Tree tree(names);
		status += printed(tree, {"status", "-a"});
		why += printed(tree, {"why"});
		check += printed(tree, {"check", "host2"});
		doctor += printed(tree, {"doctor"});
	}
	expect_valid("status", status);
	expect_valid("why", why);
	expect_valid("check", check);
	expect_valid("doctor", doctor);
}

TEST(Schema, fits_where_what_is_told_was_not_read)
{
	Tree tree{"healthy", "guard"};
	for (const char *path :
	     {"sys/module", "sys/bus/scsi/devices/2:0:0:0/state",
	      "sys/class/scsi_lifecycle/2:0:0:0/blocked", "sys/class/scsi_lifecycle/2:0:0:1/state"})
		tree.make_unreadable(path);
	for (const std::vector<std::string> &words :
	     {std::vector<std::string>{"status", "-a"}, {"why"}, {"check", "host2"}, {"doctor"}})
		expect_valid(words[0], printed(tree, words));
}

TEST(Schema, fits_an_outcome)
{
	Tree tree{"healthy", "guard"};
	expect_valid("delete", printed(tree, {"delete", "sdc", "sdd", "9:0:0:0"}));
	expect_valid("wait", printed(tree, {"wait", "--timeout", "0.1", "sda", "sdd"}));
}

TEST(Schema, fits_an_event)
{
	Tree tree{"healthy", "guard"};
	Kernel kernel(tree, "sys/devices/platform/host2/target2:0:0/2:0:0:0",
		      {began(1500000000), ended(2000000000, SCSI_LIFECYCLE_FLUSH_COMPLETED)},
		      When::looked_at);
	expect_valid("monitor", printed(tree, {"monitor", "sda"}));
}

TEST(Schema, does_not_fit_what_is_wrong)
{
	Tree files;
	files.write("out", "{\"version\":2}\n");
	auto command = std::string(SOURCES) + "/validate.py status <" + files.root() +
		       "/out >/dev/null 2>&1";
	EXPECT_NE(std::system(command.c_str()), 0);
}
