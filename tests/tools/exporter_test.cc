// SPDX-License-Identifier: GPL-2.0
// The metrics as Debian's node_exporter serves them, by its textfile collector.
#include <cstdlib>
#include <gtest/gtest.h>
#include <set>
#include <sys/wait.h>

#include "base/text.hpp"
#include "tool.hpp"

static std::set<std::string> samples(const std::string &text)
{
	std::set<std::string> found;
	for (auto line : scl::lines(text))
		if (!line.starts_with('#'))
			found.emplace(line);
	return found;
}

// The exit code of exporter.py; what it prints is in `out` and `err` of the tree.
static int serve(const Tree &tree)
{
	auto root = tree.root();
	auto command = "timeout 120 " + std::string(SOURCES) + "/exporter.py " + root +
		       "/textfile >" + root + "/out 2>" + root + "/err";
	return WEXITSTATUS(std::system(command.c_str()));
}

static void expect_served(const Tree &tree)
{
	auto file = "textfile/scsi.prom";
	EXPECT_EQ(run_tool(tree, {"metrics", "--textfile", tree.root() + "/" + file}).code, 0);
	ASSERT_EQ(serve(tree), 0) << tree.read("err");
	EXPECT_EQ(samples(tree.read("out")), samples(tree.read(file)));
}

TEST(Exporter, serves_what_the_command_says_of_a_machine)
{
	expect_served(Tree{"healthy"});
	expect_served(Tree{"healthy", "guard", "session", "session-guard"});
	expect_served(Tree{"healthy", "session"});
}

// A version is whatever the author of a module wrote.
TEST(Exporter, reads_a_label_of_any_bytes)
{
	Tree tree{"healthy", "guard"};
	tree.write("sys/module/scsi_lifecycle/version", "1 \"\\{}=,\n");
	expect_served(tree);
}

TEST(Exporter, says_that_a_file_is_wrong)
{
	Tree tree{"healthy"};
	tree.write("textfile/scsi.prom", "scsi_lifecycle_loaded\n");
	EXPECT_EQ(serve(tree), 1);
	EXPECT_NE(tree.read("err").find("node_textfile_scrape_error 1"), std::string::npos)
		<< tree.read("err");
}
