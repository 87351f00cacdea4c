// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "tool.hpp"

class Set : public testing::Test {
protected:
	Ran run(std::vector<std::string> words)
	{
		words.insert(words.begin(), "set");
		return run_tool(tree, words);
	}

	std::string parameter(const std::string &name)
	{
		return tree.read("sys/module/scsi_lifecycle/parameters/" + name);
	}

	std::string device(const std::string &address)
	{
		return tree.read("sys/class/scsi_lifecycle/" + address + "/teardown_tmo");
	}

	Tree tree{"healthy", "guard"};
};

// A file of a tree is not cut as one of the kernel is: what is written stands at its begin.
TEST_F(Set, a_parameter_is_written)
{
	EXPECT_EQ(run({"teardown_tmo=12", "uevents=off"}).code, 0);
	EXPECT_EQ(parameter("teardown_tmo"), "12");
	EXPECT_EQ(parameter("uevents").substr(0, 3), "off");
}

TEST_F(Set, without_a_value_all_are_shown)
{
	tree.write("sys/class/scsi_lifecycle/2:0:0:1/teardown_tmo", "30\n");
	tree.write("sys/bus/scsi/devices/host2/teardown_tmo", "7\n");
	auto ran = run({});
	EXPECT_EQ(ran.code, 0);
	EXPECT_EQ(ran.out, "teardown_tmo=5\nflush_tmo=default\nreboot_tmo=default\nhold_max=60\n"
			   "uevents=removals\nexpedite=Y\nhost2 teardown_tmo=7\n2:0:0:1 (sdb) "
			   "teardown_tmo=30\n");
}

TEST_F(Set, a_device_and_a_host_have_their_own)
{
	tree.write("sys/bus/scsi/devices/host2/teardown_tmo", "default\n");
	EXPECT_EQ(run({"teardown_tmo=30", "sda"}).code, 0);
	EXPECT_EQ(device("2:0:0:0").substr(0, 2), "30");
	EXPECT_EQ(device("2:0:0:1"), "default\n");
	EXPECT_EQ(run({"teardown_tmo=40", "host2"}).code, 0);
	EXPECT_EQ(tree.read("sys/bus/scsi/devices/host2/teardown_tmo").substr(0, 2), "40");
}

TEST_F(Set, a_value_that_is_wrong_sets_nothing)
{
	for (const char *wrong :
	     {"teardown_tmo=soon", "teardown_tmo=-1", "teardown_tmo=4294967294",
	      "teardown_tmo=default", "flush_tmo=", "hold_max=off", "uevents=5", "frob=1", "=",
	      "teardown_tmo=auto", "expedite=maybe", "expedite=No", "expedite="}) {
		auto ran = run({"flush_tmo=30", wrong});
		EXPECT_EQ(ran.code, 2) << wrong;
		EXPECT_EQ(parameter("flush_tmo"), "default\n") << wrong;
	}
	EXPECT_EQ(run({"flush_tmo=30", "sda"}).code, 2);
	EXPECT_EQ(run({"teardown_tmo=auto", "host2"}).code, 2);
}

TEST_F(Set, a_word_is_written_as_the_module_takes_it)
{
	for (const char *word : {"N", "y", "0", "Y", "n", "1"}) {
		EXPECT_EQ(run({std::string("expedite=") + word}).code, 0) << word;
		EXPECT_EQ(parameter("expedite").substr(0, 1), word);
	}
}

TEST_F(Set, a_value_that_is_wrong_is_named_with_those_that_are_right)
{
	auto refusal = [&](const char *setting) { return run({setting}).err; };
	EXPECT_EQ(refusal("expedite=maybe"),
		  "scsi-lifecycle: expedite takes Y or N, not \"maybe\"\n");
	EXPECT_EQ(refusal("uevents=5"),
		  "scsi-lifecycle: uevents takes off, removals or all, not \"5\"\n");
	EXPECT_EQ(refusal("hold_max=off"), "scsi-lifecycle: hold_max takes seconds, not \"off\"\n");
}

TEST_F(Set, a_parameter_of_the_module_alone_is_refused_for_a_device_and_a_host)
{
	for (const char *name : {"2:0:0:0", "host2"})
		for (const char *flag : {"-q", "--persist"}) {
			auto ran = run({flag, "expedite=N", name});
			EXPECT_EQ(ran.code, 2) << name;
			EXPECT_EQ(ran.err, "scsi-lifecycle: expedite is a parameter of the whole "
					   "module: a device or a host has a teardown_tmo of its "
					   "own, and nothing else\n");
			EXPECT_EQ(parameter("expedite"), "Y\n");
		}
}

TEST_F(Set, a_parameter_that_an_older_module_lacks_is_named)
{
	tree.remove("sys/module/scsi_lifecycle/parameters/expedite");
	for (const char *flag : {"-q", "--persist"}) {
		auto ran = run({flag, "expedite=N"});
		EXPECT_EQ(ran.code, 7);
		EXPECT_EQ(ran.err, "scsi-lifecycle: /sys/module/scsi_lifecycle/parameters/"
				   "expedite: No such file or directory\n");
	}
	EXPECT_EQ(tree.read("etc/modprobe.d/scsi_lifecycle.conf"), "");
	auto ran = run({});
	EXPECT_EQ(ran.code, 0);
	EXPECT_NE(ran.out.find("expedite=?\n"), ran.out.npos) << ran.out;
}

TEST_F(Set, for_a_device_that_is_gone_nothing_is_set)
{
	EXPECT_EQ(run({"teardown_tmo=30", "sda", "sdz"}).code, 2);
	EXPECT_EQ(device("2:0:0:0"), "default\n");
}

TEST_F(Set, persist_keeps_the_other_options)
{
	tree.write("etc/modprobe.d/scsi_lifecycle.conf",
		   "# mine\noptions scsi_lifecycle teardown_tmo=9 hold_max=30\n");
	EXPECT_EQ(run({"--persist", "teardown_tmo=12"}).code, 0);
	EXPECT_EQ(tree.read("etc/modprobe.d/scsi_lifecycle.conf"),
		  "# mine\noptions scsi_lifecycle teardown_tmo=12 hold_max=30\n");
	EXPECT_EQ(parameter("teardown_tmo"), "12");
}

TEST_F(Set, persist_writes_a_word)
{
	EXPECT_EQ(run({"--persist", "expedite=N"}).code, 0);
	EXPECT_EQ(tree.read("etc/modprobe.d/scsi_lifecycle.conf"),
		  "options scsi_lifecycle expedite=N\n");
	EXPECT_EQ(parameter("expedite").substr(0, 1), "N");
}

TEST_F(Set, persist_works_before_the_module_is_loaded)
{
	tree.remove("sys/module/scsi_lifecycle");
	EXPECT_EQ(run({"teardown_tmo=12"}).code, 7);
	EXPECT_EQ(run({"--persist", "teardown_tmo=12"}).code, 0);
	EXPECT_EQ(tree.read("etc/modprobe.d/scsi_lifecycle.conf"),
		  "options scsi_lifecycle teardown_tmo=12\n");
}

TEST_F(Set, what_is_persisted_of_a_device_is_applied_again)
{
	EXPECT_EQ(run({"--persist", "teardown_tmo=33", "sda"}).code, 0);
	tree.write("sys/class/scsi_lifecycle/2:0:0:0/teardown_tmo", "default\n");
	EXPECT_EQ(run_tool(tree, {"apply-policy", "2:0:0:0"}).code, 0);
	EXPECT_EQ(device("2:0:0:0").substr(0, 2), "33");
	EXPECT_EQ(run_tool(tree, {"apply-policy", "2:0:0:1"}).code, 0);
	EXPECT_EQ(device("2:0:0:1"), "default\n");
}

TEST_F(Set, a_host_is_not_persisted)
{
	EXPECT_EQ(run({"--persist", "teardown_tmo=12", "host2"}).code, 2);
}

TEST_F(Set, all_names_and_values_are_checked_before_the_first_is_written)
{
	tree.write("sys/bus/scsi/devices/host2/teardown_tmo", "default\n");
	for (const auto &words :
	     std::vector<std::vector<std::string>>{{"teardown_tmo=30", "sda", "host99"},
						   {"teardown_tmo=30", "host2", "host99"},
						   {"teardown_tmo=auto", "sda", "host2"}}) {
		auto ran = run(words);
		EXPECT_EQ(ran.code, 2) << ran.err;
		EXPECT_EQ(device("2:0:0:0"), "default\n");
		EXPECT_EQ(tree.read("sys/bus/scsi/devices/host2/teardown_tmo"), "default\n");
	}
	tree.remove("sys/module/scsi_lifecycle/parameters/hold_max");
	EXPECT_EQ(run({"flush_tmo=30", "hold_max=30"}).code, 7);
	EXPECT_EQ(parameter("flush_tmo"), "default\n");
}
