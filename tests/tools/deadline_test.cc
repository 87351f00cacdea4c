// SPDX-License-Identifier: GPL-2.0
// How long the command may take, whatever hangs.
#include <chrono>
#include <gtest/gtest.h>

#include "leased.hpp"
#include "node/removal.hpp"
#include "source/gather.hpp"
#include "tool.hpp"

using namespace scl;
using namespace std::chrono_literals;

class Deadline : public testing::Test {
protected:
	static Milliseconds since(Time begin)
	{
		return std::chrono::duration_cast<Milliseconds>(Clock::now() - begin);
	}

	// The command, and how long it takes.
	void run(const std::vector<std::string> &words)
	{
		auto begin = Clock::now();
		ran = run_tool(tree, words);
		took = since(begin);
	}

	// As many files as an area passes over, and one more.
	static std::vector<std::string> files_of(const std::string &directory)
	{
		std::vector<std::string> paths;
		for (const char *name : {"1", "2", "3", "4"})
			paths.push_back(directory + "/" + name);
		return paths;
	}

	Tree tree{"healthy", "guard"};
	Ran ran;
	Milliseconds took{};
};

// What the machine is slower than it should be, and the last child to die.
static constexpr auto slack = 900ms;

static const std::vector<std::string> parameters = {
	"sys/module/scsi_lifecycle/parameters/flush_tmo",
	"sys/module/scsi_lifecycle/parameters/hold_max",
	"sys/module/scsi_lifecycle/parameters/teardown_tmo", "sys/module/scsi_lifecycle/version",
	"sys/class/scsi_lifecycle/counters"};

TEST_F(Deadline, an_area_has_one_however_many_of_its_files_hang)
{
	tree.plant("a/1 = one\na/2 = two\na/3 = three\na/4 = four\na/5 = five\n");
	Leased leased(tree, files_of("a"));
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	auto begin = Clock::now();
	auto snapshot = gather(tree.root(), "the files", {"a/*"});
	EXPECT_LT(since(begin), 2s + slack);
	EXPECT_FALSE(snapshot.text("a/5"));
	EXPECT_EQ(snapshot.unseen().back(), "the files: the rest was not read");
}

TEST_F(Deadline, of_an_area_begins_when_it_is_known_what_earlier_calls_hang_in)
{
	tree.plant("a/1 = one\nproc/1/comm = a\nproc/2/comm = b\nproc/3/comm = c\n"
		   "proc/4/comm = d\n");
	Leased leased(tree, {"proc/1/comm", "proc/2/comm", "proc/3/comm", "proc/4/comm"});
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	Root root(tree.root());
	auto snapshot = gather(root, "the files", {"a/1"});
	EXPECT_EQ(snapshot.text("a/1"), "one");
	ASSERT_FALSE(snapshot.unseen().empty());
	EXPECT_EQ(snapshot.unseen().back(), "the processes: the rest was not read");
	EXPECT_TRUE(gather(root, "the files", {"a/1"}).unseen().empty());
}

// Any number of files may be open.
TEST_F(Deadline, of_what_uses_a_device_is_the_verb_s)
{
	tree.plant("proc/60/comm = a\nproc/61/comm = b\nproc/62/comm = c\n"
		   "proc/70/ns/mnt -> mnt:[1]\nproc/70/mountinfo = x\n"
		   "proc/71/ns/mnt -> mnt:[2]\nproc/71/mountinfo = y\n");
	Leased leased(tree, {"proc/60/comm", "proc/61/comm", "proc/62/comm", "proc/70/mountinfo"});
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	Root root(tree.root());
	root.left.emplace();
	auto begin = Clock::now();
	EXPECT_EQ(gather(root, {Area::users}).text("proc/71/mountinfo"), "y");
	EXPECT_GE(since(begin), 2s);
	root = Root(tree.root(), Clock::now() + 1s);
	root.left.emplace();
	begin = Clock::now();
	gather(root, {Area::users});
	EXPECT_LT(since(begin), 1s + slack);
}

TEST_F(Deadline, of_a_wait_counts_what_was_read_before_it)
{
	Leased leased(tree, parameters);
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	run({"wait", "--timeout", "3", "sda"});
	EXPECT_EQ(ran.code, 3) << ran.out << ran.err;
	EXPECT_GE(took, 3s);
	EXPECT_LT(took, 3s + slack);
}

TEST_F(Deadline, of_a_verb_bounds_the_reading_of_all_areas)
{
	auto paths = parameters;
	for (const char *path :
	     {"sys/class/scsi_host/host2/proc_name", "sys/class/scsi_host/host2/state",
	      "sys/bus/scsi/devices/2:0:0:0/state", "sys/bus/scsi/devices/2:0:0:0/vendor",
	      "sys/bus/scsi/devices/2:0:0:0/model", "sys/bus/scsi/devices/2:0:0:0/wwid"})
		paths.push_back(path);
	Leased leased(tree, paths);
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	auto begin = Clock::now();
	auto snapshot =
		gather(Root(tree.root(), begin + 3s),
		       {Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps});
	EXPECT_LT(since(begin), 3s + slack);
	EXPECT_EQ(snapshot.unseen().back(), "disks and maps: the rest was not read");
}

TEST_F(Deadline, bounds_a_reading_too)
{
	Leased leased(tree, parameters);
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	run({"status", "--timeout", "1"});
	EXPECT_LT(took, 1s + slack);
	EXPECT_NE(ran.err.find("the rest was not read"), ran.err.npos) << ran.err;
}

TEST_F(Deadline, that_is_too_short_for_an_answer_is_not_kept)
{
	run({"status", "-a", "--timeout", "0"});
	EXPECT_EQ(ran.code, 0) << ran.err;
	EXPECT_NE(ran.out.find("sda"), ran.out.npos) << ran.out;
}

TEST_F(Deadline, a_module_that_was_not_read_is_not_said_to_be_missing)
{
	std::vector<std::string> files;
	for (const char *name : {"version", "taint", "initstate", "refcnt"})
		files.push_back(std::string("sys/module/scsi_lifecycle/") + name);
	Leased leased(tree, files);
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	run({"hold", "2:0:0:0", "--", "true"});
	EXPECT_EQ(ran.code, 9) << ran.err;
	EXPECT_NE(ran.err.find("was not seen"), std::string::npos) << ran.err;
}

// All that is read in the second reading hangs: the device may be another one by then.
TEST_F(Deadline, nothing_is_deleted_that_was_not_read_again)
{
	auto sda = "sys/devices/platform/host2/target2:0:0/2:0:0:0";
	auto snapshot = gather(Root(tree.root()), {Area::guarded, Area::devices});
	auto machine = machine_of(snapshot);
	Leased leased(tree, {std::string(sda) + "/wwid"});
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	auto removals = removals_of(Root(tree.root()), snapshot, {machine.device({2, 0, 0, 0})});
	removals.front().begin(Clock::now() + 5s);
	EXPECT_EQ(removals.front().ending().code, Exit::cannot_tell);
	EXPECT_EQ(tree.read(std::string(sda) + "/delete"), "");
}

TEST_F(Deadline, no_removal_begins_whose_time_is_over)
{
	auto snapshot = gather(Root(tree.root()), {Area::guarded, Area::devices});
	auto machine = machine_of(snapshot);
	auto removals = removals_of(Root(tree.root()), snapshot, {machine.device({2, 0, 0, 0})});
	removals.front().begin(Clock::now());
	EXPECT_EQ(removals.front().ending().code, Exit::timed_out);
	EXPECT_EQ(tree.read("sys/devices/platform/host2/target2:0:0/2:0:0:0/delete"), "");
}

TEST_F(Deadline, nothing_is_deleted_where_it_is_over_before_the_users_were_seen)
{
	auto sda = "sys/devices/platform/host2/target2:0:0/2:0:0:0";
	tree.plant("proc/60/comm = sh\n");
	Leased leased(tree, {"proc/60/comm", "sys/class/scsi_lifecycle/2:0:0:0/holds",
			     "sys/class/scsi_lifecycle/2:0:0:0/since"});
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	run({"delete", "--timeout", "1", "sda"});
	EXPECT_EQ(ran.code, 9) << ran.err;
	EXPECT_LT(took, 1s + slack);
	EXPECT_EQ(tree.read(std::string(sda) + "/delete"), "");
}
