// SPDX-License-Identifier: GPL-2.0
// The programs of examples/: they open the node, delete in a child, and read the outcome.
#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.hpp"
#include "kernel.hpp"
#include "tool.hpp"

static const std::string sda = "sys/devices/platform/host2/target2:0:0/2:0:0:0";

// The program's exit code; what it prints is in `out` and `err` of the tree.
static int run_with(Tree &tree, const std::string &program, const std::string &words)
{
	auto command = "ROOT=" + tree.root() + " " + program + " " + words + " >" + tree.root() +
		       "/out 2>" + tree.root() + "/err";
	return WEXITSTATUS(std::system(command.c_str()));
}

static int run(Tree &tree, const std::string &program, const std::string &more = "")
{
	return run_with(tree, program, "2:0:0:0 " + more);
}

class Example : public testing::TestWithParam<std::string> {
protected:
	int ends_with(scsi_lifecycle_flush flush)
	{
		Kernel kernel(tree, sda, {began(1), ended(2, flush)});
		return run(tree, GetParam());
	}

	Tree tree{"healthy", "guard"};
};

TEST_P(Example, tells_a_flush_that_completed)
{
	EXPECT_EQ(ends_with(SCSI_LIFECYCLE_FLUSH_COMPLETED), 0) << tree.read("out");
	EXPECT_EQ(tree.read("out"), "2:0:0:0 completed\n");
}

TEST_P(Example, tells_a_flush_that_was_lost)
{
	EXPECT_EQ(ends_with(SCSI_LIFECYCLE_FLUSH_KILLED), 4) << tree.read("out");
	EXPECT_EQ(tree.read("out"), "2:0:0:0 killed\n");
}

TEST_P(Example, tells_a_flush_that_nothing_saw)
{
	EXPECT_EQ(ends_with(SCSI_LIFECYCLE_FLUSH_UNKNOWN), 5) << tree.read("out");
}

TEST_P(Example, says_that_there_is_no_node)
{
	EXPECT_EQ(run(tree, GetParam()), 7);
	EXPECT_EQ(scl::lines(tree.read("err")).size(), 1u) << tree.read("err");
}

TEST_P(Example, says_how_it_is_used)
{
	tree.plant(sda + "/delete =\n");
	for (const char *words : {"", "2:0:0", "2:0:0:0/..", "sda", "-h", "2:0:0:0 soon",
				  "2:0:0:0 -1", "2:0:0:0 nan", "2:0:0:0 30 more"}) {
		EXPECT_EQ(run_with(tree, GetParam(), words), 2) << words;
		EXPECT_EQ(tree.read("out"), "") << words;
		const std::string err = tree.read("err");
		const auto said = scl::lines(err);
		ASSERT_EQ(said.size(), 1u) << words << ": " << err;
		EXPECT_TRUE(said[0].starts_with("usage: ") &&
			    said[0].ends_with(" H:C:T:L [SECONDS]"))
			<< said[0];
	}
}

TEST_P(Example, does_not_know_the_outcome_of_a_history_without_a_record)
{
	tree.write("dev/scsi_lifecycle/2:0:0:0", "");
	EXPECT_EQ(run(tree, GetParam()), 5);
	EXPECT_EQ(tree.read("out"), "2:0:0:0 unknown\n");
}

// A fifo stands for a write that hangs: its open waits for a reader.
TEST_P(Example, leaves_nobody_waiting_for_a_write_that_hangs)
{
	tree.remove(sda + "/delete");
	tree.fifo(sda + "/delete");
	tree.fifo("dev/scsi_lifecycle/2:0:0:0");
	int kept = open((tree.root() + "/dev/scsi_lifecycle/2:0:0:0").c_str(), O_RDWR | O_CLOEXEC);
	auto command = "ROOT=" + tree.root() + " timeout 10 sh -c 'said=$(" + GetParam() +
		       " 2:0:0:0 0.1 9>&1); exit $?'";
	EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 3);
	close(kept);
	close(open((tree.root() + "/" + sda + "/delete").c_str(), O_RDONLY | O_NONBLOCK));
}

INSTANTIATE_TEST_SUITE_P(in, Example,
			 testing::Values(std::string(SOURCES) + "/../../examples/delete.py",
					 std::string(EXAMPLE_GO)),
			 [](const auto &param) { return param.index ? "Go" : "Python"; });

static const std::string reconnect = std::string(SOURCES) + "/../../examples/reconnect.py";

TEST(ExampleOfADaemon, says_how_it_is_used)
{
	Tree tree{"healthy", "guard"};
	for (const char *words : {"", "2", "host2 true", "2:0:0:0 true", "-1 true"}) {
		EXPECT_EQ(run_with(tree, reconnect, words), 2) << words;
		EXPECT_EQ(tree.read("err"), "usage: reconnect.py HOST COMMAND...\n") << words;
	}
}

// A file that is no node takes no hold.
TEST(ExampleOfADaemon, reconnects_also_where_it_cannot_hold)
{
	Tree tree{"healthy"};
	tree.write("dev/scsi_lifecycle/2:0:0:0", "");
	tree.write("dev/scsi_lifecycle/3:0:0:0", "");
	EXPECT_EQ(run_with(tree, reconnect, "2 sh -c 'exit 6'"), 6);
	EXPECT_EQ(tree.read("out"), "0 held\n");
	EXPECT_EQ(scl::lines(tree.read("err")).size(), 1u) << tree.read("err");
	EXPECT_NE(tree.read("err").find("2:0:0:0 is not held: "), std::string::npos);
}

TEST(ExampleInGo, says_that_it_cannot_begin)
{
	Tree tree{"healthy"};
	tree.write("dev/scsi_lifecycle/2:0:0:0", "");
	EXPECT_EQ(run(tree, "PATH=/nonexistent " EXAMPLE_GO), 9);
}

TEST(ExampleInPython, gives_up_when_its_time_is_over)
{
	Tree tree{"healthy"};
	tree.fifo("dev/scsi_lifecycle/2:0:0:0");
	int kept = open((tree.root() + "/dev/scsi_lifecycle/2:0:0:0").c_str(), O_RDWR | O_CLOEXEC);
	EXPECT_EQ(run(tree, std::string(SOURCES) + "/../../examples/delete.py", "0.1"), 3);
	EXPECT_EQ(tree.read("out"), "2:0:0:0 still there\n");
	close(kept);
}

// A stand-in for sos, which prints what it is to run.
TEST(ExampleForSos, collects_the_report)
{
	Tree tree{"healthy", "guard"};
	tree.write("sos/__init__.py", "");
	tree.write("sos/report/__init__.py", "");
	tree.write("sos/report/plugins.py", "class Plugin:\n"
					    "    def add_copy_spec(self, paths): pass\n"
					    "    def add_cmd_output(self, command, timeout):\n"
					    "        print(command)\n"
					    "class DebianPlugin: pass\n"
					    "class RedHatPlugin: pass\n"
					    "class UbuntuPlugin: pass\n");
	auto python = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=" + tree.root() + ":" + SOURCES +
		      "/../../examples python3";
	EXPECT_EQ(run_with(tree, python,
			   "-c 'import sos_scsi_lifecycle as plugin; "
			   "plugin.ScsiLifecycle().setup()'"),
		  0)
		<< tree.read("err");
	EXPECT_EQ(tree.read("out"), "scsi-lifecycle report\n");
	EXPECT_NE(run_tool(tree, {"report"}).out.find("==== status.txt"), std::string::npos);
}
