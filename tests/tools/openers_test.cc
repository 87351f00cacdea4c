// SPDX-License-Identifier: GPL-2.0
// Which programs have the node open of a device that a file holds.
#include <filesystem>
#include <gtest/gtest.h>

#include "source/gather.hpp"
#include "tool.hpp"

using namespace scl;

class Openers : public testing::Test {
protected:
	void open_in(const char *pid, const char *comm, const std::string &target)
	{
		const std::string process = std::string("proc/") + pid;
		tree.plant(process + "/comm = " + comm + "\n" + process + "/fd/3 -> " + target +
			   "\n");
	}

	void hold(const std::string &address)
	{
		tree.write("sys/class/scsi_lifecycle/" + address + "/holds", "2\n");
	}

	Ran run(std::vector<std::string> words) { return run_tool(tree, words); }

	static bool has(const std::string &text, const std::string &part)
	{
		return text.find(part) != text.npos;
	}

	const std::string node = "/dev/scsi_lifecycle/7:0:0:2";
	Tree tree{"healthy", "guard", "session", "session-guard"};
};

TEST_F(Openers, of_a_device_that_is_named_are_told)
{
	open_in("1812", "flock", node);
	open_in("812", "backup", node);
	open_in("900", "bash", "/dev/scsi_lifecycle/7:0:0:1");
	auto text = run({"status", "sdd"}).out;
	EXPECT_TRUE(has(text, "held by 1 open file  its node is open in backup (812), "
			      "flock (1812)\n"))
		<< text;
	text = run({"status", "--json", "sdd"}).out;
	EXPECT_TRUE(has(text, "\"node_open_in\":[{\"pid\":812,\"comm\":\"backup\"},"
			      "{\"pid\":1812,\"comm\":\"flock\"}]"))
		<< text;
}

// To look through all that is open takes time.
TEST_F(Openers, are_not_looked_for_without_a_name_or_a_hold)
{
	open_in("812", "backup", node);
	for (const auto &words :
	     std::vector<std::vector<std::string>>{{"status"}, {"status", "-a"}, {"status", "sda"}})
		EXPECT_FALSE(has(run(words).out, "its node is open")) << words.back();
	for (const auto &words : std::vector<std::vector<std::string>>{
		     {"status", "--json"}, {"status", "--json", "sda"}, {"why", "--json", "sda"}})
		EXPECT_FALSE(has(run(words).out, "\"node_open_in\":[")) << words.back();
	EXPECT_TRUE(has(run({"status", "--json", "sda"}).out, "\"node_open_in\":null"));
}

TEST_F(Openers, that_are_not_seen_are_not_none)
{
	auto ran = run({"status", "sdd"});
	EXPECT_TRUE(has(ran.out, "held by 1 open file  its node is open in no program that is "
				 "seen\n"))
		<< ran.out;
	EXPECT_TRUE(has(run({"status", "--json", "sdd"}).out, "\"node_open_in\":[]"));
	tree.make_unreadable("proc/900/fd");
	ran = run({"status", "sdd"});
	EXPECT_TRUE(has(ran.err, "not seen: what processes have open: those of 1 process were not "
				 "read: Too many levels"))
		<< ran.err;
	EXPECT_FALSE(has(ran.out, "its node is open")) << ran.out;
	EXPECT_TRUE(has(run({"status", "--json", "sdd"}).out, "\"node_open_in\":null"));
}

// As a container with the host's /dev sees them.
TEST_F(Openers, of_another_pid_namespace_are_not_none)
{
	tree.plant("proc/self/ns/pid -> pid:[4026532999]\n");
	auto ran = run({"status", "sdd"});
	EXPECT_TRUE(has(ran.err, "not seen: what processes have open: those outside of this PID "
				 "namespace\n"))
		<< ran.err;
	EXPECT_FALSE(has(ran.out, "its node is open")) << ran.out;
	EXPECT_TRUE(has(run({"status", "--json", "sdd"}).out, "\"node_open_in\":null"));
	open_in("812", "backup", node);
	EXPECT_TRUE(has(run({"status", "sdd"}).out, "its node is open in backup (812)\n"));
}

// A process may be listed by a root that may not look at what it has open.
TEST_F(Openers, whose_descriptors_are_not_read_are_not_none)
{
	tree.plant("proc/812/comm = backup\nproc/812/fd/3 = no link can be read of it\n");
	auto ran = run({"status", "--json", "sdd"});
	EXPECT_TRUE(has(ran.err, "what processes have open: those of 1 process were not read"))
		<< ran.err;
	EXPECT_TRUE(has(ran.out, "\"node_open_in\":null"));
}

TEST_F(Openers, of_a_removal_that_they_hold_are_told_by_why)
{
	hold("7:0:0:1");
	open_in("812", "backup", "/dev/scsi_lifecycle/7:0:0:1");
	auto text = run({"why"}).out;
	EXPECT_TRUE(has(text, "     held       by 2 open files: its time is hold_max\n"
			      "                its node is open in backup (812)\n"))
		<< text;
}

TEST_F(Openers, are_known_by_the_nodes_number_under_any_name)
{
	auto snapshot = tree.snapshot();
	snapshot.put_text("sys/class/scsi_lifecycle/7:0:0:2/dev", "240:42");
	snapshot.put_list("proc", {"812", "813", "814"});
	for (const char *pid : {"812", "813", "814"})
		snapshot.put_list(std::string("proc/") + pid + "/fd", {"3", "4"});
	snapshot.put_text("proc/812/comm", "backup");
	snapshot.put_text("proc/812/fd/3", "c240:42");
	snapshot.put_text("proc/812/fd/4", "c240:42");
	snapshot.put_text("proc/813/fd/3", "b240:42");
	// Another device had the name before.
	snapshot.put_link("proc/814/fd/3", node);
	snapshot.put_text("proc/814/fd/3", "c240:41");
	auto machine = machine_of(snapshot);
	read_openers(snapshot, machine);
	const auto &openers = machine.device({7, 0, 0, 2})->guarded->openers;
	ASSERT_TRUE(openers);
	ASSERT_EQ(openers->size(), 1u);
	EXPECT_EQ(openers->front().pid, 812u);
	EXPECT_EQ(openers->front().comm, "backup");
}
