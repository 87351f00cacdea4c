// SPDX-License-Identifier: GPL-2.0
#include "source/gather.hpp"

#include <cerrno>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "dying.hpp"
#include "leased.hpp"
#include "process.hpp"
#include "source/pattern.hpp"
#include "tree.hpp"

using namespace scl;

// Whether it may read a file that takes the lock of a scan, or open a disk. A '*' fits a '/' here
// too, so more is called dangerous than is.
static bool is_dangerous(const std::string &pattern)
{
	for (const auto &path : expand_braces(pattern))
		for (const char *taken :
		     {"sys/class/scsi_host/host2/scan", "sys/bus/scsi/devices/2:0:0:0/rescan",
		      "sys/bus/scsi/devices/2:0:0:0/delete", "sys/class/block/sda/device/delete",
		      "sys/class/block/sda/device/rescan", "dev/sda"})
			if (fits(path, taken))
				return true;
	return false;
}

TEST(Gather, no_pattern_fits_a_file_that_takes_the_lock_of_a_scan)
{
	for (auto area : {Area::module, Area::guarded, Area::hosts, Area::devices, Area::maps,
			  Area::queues, Area::users})
		for (const auto &pattern : patterns_of(area))
			EXPECT_FALSE(is_dangerous(pattern)) << pattern;
	for (const char *pattern :
	     {"sys/class/scsi_host/host*/{state,scan}", "dev/*", "sys/bus/scsi/devices/*:*/*",
	      "sys/class/block/*/device/delete"})
		EXPECT_TRUE(is_dangerous(pattern)) << pattern;
}

TEST(Gather, what_a_pattern_fits_is_read)
{
	Tree tree;
	tree.plant("a/b1/x = 1\na/b1/y = 2\na/b2/x = 3\na/c/x = 4\na/l -> b1\n");
	auto snapshot = gather(tree.root(), "files", {"a/b*/{x,y}", "a/b1/", "@a/*"});
	EXPECT_EQ(snapshot.text("a/b1/x"), "1");
	EXPECT_EQ(snapshot.text("a/b1/y"), "2");
	EXPECT_EQ(snapshot.text("a/b2/x"), "3");
	EXPECT_FALSE(snapshot.text("a/c/x"));
	EXPECT_EQ(snapshot.list("a/b1"), (std::vector<std::string>{"x", "y"}));
	EXPECT_EQ(snapshot.link("a/l"), "b1");
	EXPECT_TRUE(snapshot.unseen().empty());
}

TEST(Gather, a_proc_that_hides_processes_is_said)
{
	Tree tree;
	tree.plant("proc/self/mountinfo = mounts\n");
	auto unseen = [&](const std::string &options) {
		tree.write("proc/self/mountinfo",
			   "22 28 0:21 / /proc rw,nosuid shared:13 - proc proc " + options + "\n");
		auto all = gather_stuck(tree.root()).unseen();
		auto users = gather(tree.root(), {Area::users}).unseen();
		all.insert(all.end(), users.begin(), users.end());
		return all;
	};
	using Sentences = std::vector<std::string>;
	EXPECT_EQ(unseen("rw,hidepid=invisible"),
		  (Sentences{"the threads: /proc hides the processes of other users "
			     "(hidepid=invisible)",
			     "what processes have open: /proc hides the processes of other users "
			     "(hidepid=invisible)"}));
	EXPECT_EQ(unseen("rw,gid=4,hidepid=2").size(), 2u);
	EXPECT_EQ(unseen("rw"), Sentences{});
	EXPECT_EQ(unseen("rw,hidepid=noaccess"), Sentences{});
	// That file is too long to be read.
	tree.write("proc/self/mountinfo", std::string(5 << 20, 'x'));
	auto unread = gather_stuck(tree.root()).unseen();
	ASSERT_FALSE(unread.empty());
	EXPECT_NE(unread.back().find("whether /proc hides"), std::string::npos) << unread.back();
	// As root sees it.
	tree.plant("proc/1/comm = init\nproc/1/task/1/stat = 1 (init) S 0\n");
	EXPECT_EQ(unseen("rw,hidepid=invisible"), Sentences{});
}

TEST(Gather, threads_of_another_pid_namespace_are_said_to_be_unseen)
{
	Tree tree;
	tree.plant("proc/1/task/1/stat = 1 (init) S 0\nproc/self/ns/pid -> pid:[4026531836]\n");
	EXPECT_TRUE(gather_stuck(tree.root()).unseen().empty());
	tree.remove("proc/self/ns/pid");
	tree.plant("proc/self/ns/pid -> pid:[4026532999]\n");
	EXPECT_EQ(gather_stuck(tree.root()).unseen(),
		  std::vector<std::string>{"the threads: those outside of this PID namespace"});
}

TEST(Gather, of_links_those_that_point_elsewhere_are_left_out)
{
	Tree tree;
	tree.plant("fd/1 -> /dev/sdc\nfd/2 -> /home/x\n");
	auto snapshot = gather(tree.root(), "files", {"@fd/*=/dev/"});
	EXPECT_EQ(snapshot.links().size(), 1u);
	EXPECT_EQ(snapshot.link("fd/1"), "/dev/sdc");
}

TEST(Gather, of_open_files_that_can_be_no_device_nothing_is_asked_but_their_names)
{
	Tree tree;
	std::string links = "fd/4 -> /dev/null\nfd/5 -> /proc/version\nfd/6 -> /nowhere\n";
	// Here these names lead to a device, which shows whether one looks.
	for (std::string name : {"socket:[1]", "pipe:[2]", "anon_inode:[3]"})
		links += "fd/" + name.substr(name.size() - 2, 1) + " -> " + name + "\nfd/" + name +
			 " -> /dev/null\n";
	tree.plant(links);
	std::vector<std::string> begun, found;
	Sink sink{[&](Sink::Kind kind, const std::string &path, std::string_view) {
			  if (kind != Sink::Kind::list)
				  found.push_back(path);
		  },
		  [&](const std::string &path) { begun.push_back(path); }};
	read_pattern(tree.root(), "#fd/[0-9]*", {}, sink);
	EXPECT_EQ(begun.size(), 7u);
	// Its name and its number.
	EXPECT_EQ(found, (std::vector<std::string>{"fd/4", "fd/4"}));
}

TEST(Gather, what_is_no_file_is_not_opened)
{
	Tree tree;
	tree.fifo("pipe");
	auto snapshot = gather(tree.root(), "files", {"pipe"});
	EXPECT_EQ(snapshot.error("pipe"), EINVAL);
	EXPECT_TRUE(snapshot.unseen().empty());
}

TEST(Gather, a_file_that_hangs_is_passed_over_and_named)
{
	Tree tree;
	tree.plant("a/1 = one\na/2 = two\na/3 = three\n");
	Leased leased(tree, {"a/2"});
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	auto began = Clock::now();
	auto snapshot = gather(tree.root(), "the files", {"a/*"});
	EXPECT_EQ(snapshot.text("a/1"), "one");
	EXPECT_FALSE(snapshot.text("a/2"));
	EXPECT_EQ(snapshot.text("a/3"), "three");
	ASSERT_EQ(snapshot.unseen().size(), 1u);
	EXPECT_EQ(snapshot.unseen()[0], "the files: reading /a/2 did not end within 500 ms");
	EXPECT_LT(Clock::now() - began, std::chrono::seconds(20));
}

TEST(Gather, one_that_is_slow_to_die_is_not_said_to_be_left)
{
	Tree tree;
	tree.plant("a/1 = one\na/2 = two\n");
	Leased leased(tree, {"a/1"});
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	Dying dying([&] { return process_called(left_name(tree.root() + "/a/1")); });
	auto snapshot = gather(tree.root(), "the files", {"a/*"});
	EXPECT_EQ(snapshot.text("a/2"), "two");
	EXPECT_EQ(snapshot.unseen(),
		  (std::vector<std::string>{"the files: reading /a/1 did not end within 500 ms"}));
}

TEST(Gather, a_directory_without_the_right_is_an_error_and_one_that_is_not_there_is_none)
{
	Snapshot snapshot;
	snapshot.put_error("sys/kernel/debug", EACCES);
	snapshot.put_error("sys/class/nothing", ENOENT);
	EXPECT_EQ(snapshot.forbidden(), (std::vector<std::string>{"sys/kernel/debug"}));
	EXPECT_EQ(snapshot.error("sys/class/nothing"), 0);
}

TEST(Gather, only_threads_that_wait_in_the_kernel_are_looked_at)
{
	Tree tree({"session"});
	auto snapshot = gather_stuck(tree.root());
	EXPECT_TRUE(snapshot.has("proc/23117/task/23117/stack"));
	EXPECT_TRUE(snapshot.link("proc/23117/fd/3"));
	EXPECT_FALSE(snapshot.has("proc/900/task/900/stat"));
}
