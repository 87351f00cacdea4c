// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "kernel.hpp"
#include "tool.hpp"

static const std::string sda = "sys/devices/platform/host2/target2:0:0/2:0:0:0";
static const std::string sdb = "sys/devices/platform/host2/target2:0:0/2:0:0:1";

class Delete : public testing::Test {
protected:
	Ran run(std::vector<std::string> words)
	{
		words.insert(words.begin(), "delete");
		return run_tool(tree, words);
	}

	// With a node whose history ends with this outcome.
	Ran ends_with(scsi_lifecycle_flush flush)
	{
		Kernel kernel(tree, sda, {began(5000000000), ended(5203000000, flush)});
		return run({"sda"});
	}

	bool is_written(const std::string &directory)
	{
		return tree.read(directory + "/delete") == "1";
	}

	Tree tree{"healthy", "guard"};
};

TEST(Said, nowhere_the_outcome_is_still_the_code)
{
	for (const char *said : {"2>/dev/full", "2>&-", ">/dev/full", "2>&9", ">&9"}) {
		Tree tree{"healthy", "guard"};
		Kernel kernel(tree, sda,
			      {began(5000000000), ended(5203000000, SCSI_LIFECYCLE_FLUSH_KILLED)});
		// 9 is a pipe without a reader.
		auto script = std::string("exec \"$@\" ") + said;
		auto ran = run_tool(tree, {"delete", "sda", "sdz"},
				    {"perl", "-e",
				     "use POSIX; ($r, $w) = POSIX::pipe(); POSIX::close($r); "
				     "POSIX::dup2($w, 9); exec @ARGV",
				     "sh", "-c", script, "sh"});
		EXPECT_EQ(ran.code, 4) << said << ran.err;
	}
}

TEST_F(Delete, a_caller_that_ignores_its_children_s_ends_changes_nothing)
{
	Kernel kernel(tree, sda,
		      {began(5000000000), ended(5203000000, SCSI_LIFECYCLE_FLUSH_KILLED)});
	auto ran = run_tool(tree, {"delete", "sda"},
			    {"perl", "-e", "$SIG{CHLD} = 'IGNORE'; exec @ARGV"});
	EXPECT_EQ(ran.code, 4) << ran.err;
	EXPECT_EQ(ran.err, "");
}

TEST_F(Delete, a_flush_that_completed_is_0)
{
	auto ran = ends_with(SCSI_LIFECYCLE_FLUSH_COMPLETED);
	EXPECT_EQ(ran.code, 0);
	EXPECT_EQ(ran.out, "sda 2:0:0:0  gone in 0.2 s, flush completed\n");
	EXPECT_EQ(ran.err, "");
}

TEST_F(Delete, nothing_to_flush_is_0)
{
	EXPECT_EQ(ends_with(SCSI_LIFECYCLE_FLUSH_NONE).code, 0);
}

TEST_F(Delete, a_flush_that_was_cut_off_is_4)
{
	auto ran = ends_with(SCSI_LIFECYCLE_FLUSH_KILLED);
	EXPECT_EQ(ran.code, 4);
	EXPECT_NE(ran.out.find("LOST"), ran.out.npos);
}

TEST_F(Delete, a_flush_that_failed_is_5_with_its_result)
{
	auto ran = ends_with(SCSI_LIFECYCLE_FLUSH_FAILED);
	EXPECT_EQ(ran.code, 5);
	EXPECT_NE(ran.out.find("result 0x00000000, sense 0/00/00"), ran.out.npos) << ran.out;
}

TEST_F(Delete, a_flush_that_was_not_seen_is_5)
{
	EXPECT_EQ(ends_with(SCSI_LIFECYCLE_FLUSH_UNKNOWN).code, 5);
}

TEST_F(Delete, a_device_that_does_not_go_is_3)
{
	tree.fifo("dev/scsi_lifecycle/2:0:0:0");
	int kept = open((tree.root() + "/dev/scsi_lifecycle/2:0:0:0").c_str(), O_RDWR | O_CLOEXEC);
	auto ran = run({"--timeout", "1", "sda"});
	close(kept);
	EXPECT_EQ(ran.code, 3);
	EXPECT_EQ(ran.out, "sda 2:0:0:0  still there\n");
	EXPECT_TRUE(is_written(sda));
}

TEST_F(Delete, without_the_module_the_outcome_is_not_known)
{
	Kernel kernel(tree, sda, {});
	EXPECT_EQ(run({"sda"}).code, 5);
}

TEST_F(Delete, without_the_module_a_disk_without_a_cache_has_nothing_to_lose)
{
	Kernel kernel(tree, sdb, {});
	auto ran = run({"sdb"});
	EXPECT_EQ(ran.code, 0) << ran.out;
}

// Its removal begins with this file.
TEST_F(Delete, a_removal_that_something_else_began_has_not_ended)
{
	tree.remove(sda + "/delete");
	auto ran = run({"--timeout", "1", "sda"});
	EXPECT_EQ(ran.code, 3);
	EXPECT_EQ(ran.out, "sda 2:0:0:0  still there; something else removes it\n");
}

TEST_F(Delete, without_the_module_a_half_removed_device_is_still_there)
{
	Tree half{"healthy", "session"};
	EXPECT_EQ(run_tool(half, {"delete", "--timeout", "1", "7:0:0:1"}).code, 3);
}

TEST_F(Delete, several_are_deleted_together_and_the_worst_is_told)
{
	Kernel one(tree, sda,
		   {began(1000000000), ended(1100000000, SCSI_LIFECYCLE_FLUSH_COMPLETED)});
	Kernel two(tree, sdb, {began(1000000000), ended(6100000000, SCSI_LIFECYCLE_FLUSH_KILLED)});
	auto ran = run({"-r", "host2"});
	EXPECT_EQ(ran.code, 4);
	EXPECT_EQ(ran.out,
		  "sda 2:0:0:0  gone in 0.1 s, flush completed\n"
		  "sdb 2:0:0:1  gone in 5.1 s, flush LOST: it was cut off, or never sent\n");
}

TEST_F(Delete, what_was_gone_before_is_0_with_a_note)
{
	auto ran = run({"sdc", "9:0:0:0"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_EQ(ran.out, "");
	EXPECT_NE(ran.err.find("9:0:0:0  gone, "), ran.err.npos) << ran.err;
}

TEST_F(Delete, what_was_gone_before_is_told_by_the_list_where_the_outcome_is_needed)
{
	EXPECT_EQ(run({"--need-outcome", "7:0:0:1"}).code, 0);
	EXPECT_EQ(run({"--need-outcome", "sdd"}).code, 4);
	EXPECT_EQ(run({"--need-outcome", "7:0:0:3"}).code, 5);
	EXPECT_EQ(run({"--need-outcome", "9:0:0:0"}).code, 5);
}

// The list has one of 7:0:0:3 that ended later, without a name.
TEST_F(Delete, what_may_have_been_removed_again_has_an_outcome_that_is_not_known)
{
	const std::string list = "sys/class/scsi_lifecycle/removed";
	auto text = tree.read(list);
	for (const char *name : {"sdc", "naa.600c0ff000000041"}) {
		auto ran = run({"--need-outcome", name});
		EXPECT_EQ(ran.code, 5) << ran.err;
		EXPECT_NE(ran.err.find("7:0:0:3 was removed later"), ran.err.npos) << ran.err;
		EXPECT_EQ(ran.err.find("completed"), ran.err.npos) << ran.err;
		EXPECT_EQ(run({name}).code, 0);
	}
	// One that has not lost its flush casts no doubt, nor one that ended before.
	text.replace(text.find("unknown"), 7, "none");
	tree.write(list, text);
	EXPECT_EQ(run({"--need-outcome", "sdc"}).code, 0);
	text.replace(text.find("flush=none ago_ms=234"), 21, "flush=killed ago_ms=99999");
	tree.write(list, text);
	EXPECT_EQ(run({"--need-outcome", "sdc"}).code, 0);
}

TEST_F(Delete, of_a_map_that_has_no_path_left_is_done)
{
	tree.plant("sys/class/block/dm-5/dev = 254:5\nsys/class/block/dm-5/slaves/\n"
		   "sys/class/block/dm-5/dm/name = mpathb\n"
		   "sys/class/block/dm-5/dm/uuid = mpath-3600c0ff000000042\n");
	auto ran = run_tool(tree, {"delete", "mpathb"});
	EXPECT_EQ(ran.code, 0) << ran.err;
	EXPECT_NE(ran.err.find("mpathb"), ran.err.npos) << ran.err;
	// The list has its last path by the WWID: that one's flush was killed.
	EXPECT_EQ(run_tool(tree, {"delete", "--need-outcome", "mpathb"}).code, 4);
	EXPECT_EQ(run_tool(tree, {"check", "mpathb"}).code, 0);
	EXPECT_EQ(run_tool(tree, {"status", "mpathb"}).err, "mpathb: a map without paths\n");
	EXPECT_EQ(run_tool(tree, {"hold", "mpathb", "--", "true"}).code, 5);
}

TEST_F(Delete, what_is_open_is_refused_and_nothing_is_deleted)
{
	tree.plant("proc/812/fd/3 -> /dev/sda\nproc/812/comm = dd\n");
	auto ran = run({"sda", "sdb"});
	EXPECT_EQ(ran.code, 6);
	EXPECT_EQ(ran.err, "scsi-lifecycle: 2:0:0:0 (sda): sda is open in dd (812); nothing was "
			   "deleted (--force)\n");
	EXPECT_FALSE(is_written(sda));
	EXPECT_FALSE(is_written(sdb));
}

TEST_F(Delete, what_may_be_used_unseen_is_refused_with_9)
{
	tree.plant("proc/self/ns/pid -> pid:[4026532999]\n");
	auto ran = run({"sda"});
	EXPECT_EQ(ran.code, 9) << ran.err;
	EXPECT_NE(ran.err.find("nothing was deleted (--force)"), ran.err.npos);
	tree.remove("proc/self");
	EXPECT_EQ(run({"sda"}).code, 9);
	EXPECT_FALSE(is_written(sda));
	Kernel kernel(tree, sda, {ended(1, SCSI_LIFECYCLE_FLUSH_COMPLETED)});
	EXPECT_EQ(run({"--force", "sda"}).code, 0);
}

TEST_F(Delete, where_a_disk_or_its_users_were_not_read_nothing_is_deleted)
{
	for (const auto &path : {sda + "/block", std::string("sys/class/block/sda/holders"),
				 std::string("proc/812/fd"), std::string("proc/swaps")}) {
		Tree blind{"healthy", "guard"};
		blind.plant("proc/812/comm = dd\n");
		blind.make_unreadable(path);
		auto ran = run_tool(blind, {"delete", "--timeout", "1", "2:0:0:0"});
		EXPECT_EQ(ran.code, 9) << path << ": " << ran.out << ran.err;
		EXPECT_NE(ran.err.find("Too many levels of symbolic links"), ran.err.npos)
			<< ran.err;
		EXPECT_EQ(blind.read(sda + "/delete"), "") << path;
	}
}

TEST_F(Delete, where_the_mounts_are_more_than_can_be_read_nothing_is_deleted)
{
	std::string mounts;
	while (mounts.size() < 5 << 20)
		mounts += "25 1 259:0 / /a/place/that/takes/some/room rw - ext4 /dev/nvme0n1 rw\n";
	tree.write("proc/self/mountinfo", mounts + "30 25 8:0 / /srv rw - ext4 /dev/sda rw\n");
	auto ran = run({"--timeout", "1", "sda"});
	EXPECT_EQ(ran.code, 9) << ran.err;
	EXPECT_NE(ran.err.find("File too large"), ran.err.npos) << ran.err;
	EXPECT_FALSE(is_written(sda));
}

TEST_F(Delete, without_sysfs_nothing_is_gone)
{
	tree.remove("sys");
	EXPECT_EQ(run({"sda"}).code, 9);
	EXPECT_EQ(run_tool(tree, {"wait", "9:0:0:0"}).code, 9);
	EXPECT_EQ(run_tool(tree, {"status"}).code, 9);
}

TEST_F(Delete, by_force_what_is_open_is_deleted)
{
	tree.plant("proc/812/fd/3 -> /dev/sda\nproc/812/comm = dd\n");
	Kernel kernel(tree, sda, {ended(1, SCSI_LIFECYCLE_FLUSH_COMPLETED)});
	EXPECT_EQ(run({"--force", "sda"}).code, 0);
}

TEST_F(Delete, a_host_wants_a_word_more)
{
	auto ran = run({"host2"});
	EXPECT_EQ(ran.code, 2);
	EXPECT_FALSE(is_written(sda));
}

TEST_F(Delete, a_name_that_is_none_deletes_nothing)
{
	EXPECT_EQ(run({"sda", "nonsense"}).code, 2);
	EXPECT_FALSE(is_written(sda));
	EXPECT_EQ(run({}).code, 2);
}

TEST_F(Delete, json_has_each_result)
{
	Kernel kernel(tree, sda,
		      {began(1000000000), ended(1100000000, SCSI_LIFECYCLE_FLUSH_KILLED)});
	auto ran = run({"--json", "sda"});
	EXPECT_EQ(ran.code, 4);
	EXPECT_EQ(ran.out, "{\"version\":1,\"exit\":4,\"results\":[{\"name\":\"2:0:0:0\",\"hctl\":"
			   "\"2:0:0:0\",\"disk\":\"sda\",\"gone\":true,\"flush\":\"killed\","
			   "\"took_ms\":100,\"note\":null,\"exit\":4}]}\n");
}

class Wait : public Delete {
protected:
	Ran run(std::vector<std::string> words)
	{
		words.insert(words.begin(), "wait");
		return run_tool(tree, words);
	}
};

TEST_F(Wait, deletes_nothing_and_says_3)
{
	auto ran = run({"--timeout", "0.2", "sda"});
	EXPECT_EQ(ran.code, 3);
	EXPECT_EQ(ran.out, "sda 2:0:0:0  still there\n");
	EXPECT_FALSE(is_written(sda));
}

TEST_F(Wait, the_end_of_a_removal_of_another_is_told)
{
	Kernel kernel(tree, sda,
		      {began(1000000000), ended(1100000000, SCSI_LIFECYCLE_FLUSH_KILLED)},
		      When::looked_at);
	auto ran = run({"sda"});
	EXPECT_EQ(ran.code, 4);
	EXPECT_EQ(ran.out,
		  "sda 2:0:0:0  gone in 0.1 s, flush LOST: it was cut off, or never sent\n");
}

TEST_F(Wait, one_that_stays_is_told_before_one_that_lost_its_flush)
{
	Kernel kernel(tree, sda,
		      {began(1000000000), ended(1100000000, SCSI_LIFECYCLE_FLUSH_KILLED)},
		      When::looked_at);
	auto ran = run({"--host", "2", "--timeout", "1"});
	EXPECT_EQ(ran.code, 3);
	EXPECT_NE(ran.out.find("sda 2:0:0:0  gone in 0.1 s, flush LOST"), ran.out.npos) << ran.out;
	EXPECT_NE(ran.out.find("sdb 2:0:0:1  still there"), ran.out.npos) << ran.out;
}

TEST_F(Wait, without_a_node_the_directory_that_goes_is_the_end)
{
	Kernel kernel(tree, sda, {}, When::looked_at);
	auto ran = run({"2:0:0:0"});
	EXPECT_EQ(ran.code, 5) << ran.out << ran.err;
	EXPECT_NE(ran.out.find("2:0:0:0  gone in "), ran.out.npos) << ran.out;
}

TEST_F(Wait, a_device_that_is_gone_is_0)
{
	EXPECT_EQ(run({"sdc"}).code, 0);
	EXPECT_EQ(run({"--session", "4"}).code, 0);
	EXPECT_EQ(run({}).code, 2);
}
