// SPDX-License-Identifier: GPL-2.0
// Names that a removal which hangs has taken from sysfs.
#include "diagnosis/pending.hpp"

#include <gtest/gtest.h>

#include "tool.hpp"

using namespace scl;

static const std::string may_be_it =
	"not there by name; the removal of 7:0:0:1 is pending and may be it";

// A removal of 7:0:0:1 hangs in `session`.
class Pending : public testing::Test {
protected:
	void expect_unsure(const std::string &name, const std::string &why = may_be_it)
	{
		for (const char *verb : {"wait", "delete"}) {
			auto ran = run_tool(tree, {verb, "--timeout", "1", name});
			EXPECT_EQ(ran.code, 9) << verb << " " << name << ": " << ran.err;
			EXPECT_NE(ran.err.find(name + "  " + why), ran.err.npos) << ran.err;
		}
	}

	void expect_found(const std::string &name)
	{
		for (const char *verb : {"wait", "delete"}) {
			auto ran = run_tool(tree, {verb, "--timeout", "1", name});
			EXPECT_EQ(ran.code, 3) << verb << " " << name << ": " << ran.err;
			EXPECT_EQ(ran.out.find("sdc 7:0:0:1  still there"), 0u) << ran.out;
		}
		auto ran = run_tool(tree, {"why", name});
		EXPECT_EQ(ran.code, 1) << ran.err;
		EXPECT_NE(ran.out.find("7:0:0:1 (was sdc) is being removed"), ran.out.npos)
			<< ran.out;
	}

	void expect_gone(const std::string &name)
	{
		auto ran = run_tool(tree, {"wait", name});
		EXPECT_EQ(ran.code, 0) << name << ": " << ran.err;
		EXPECT_NE(ran.err.find(name + "  gone"), ran.err.npos) << ran.err;
	}

	Tree tree{"healthy", "session"};
};

TEST_F(Pending, a_name_that_may_be_that_of_a_hanging_removal_is_not_gone)
{
	for (const char *name : {"sdc", "sdc1", "naa.600c0ff000000041", "mpathz", "/dev/sdc",
				 "/dev/disk/by-id/wwn-0x600c0ff000000041", "/dev/mapper/mpathz"})
		expect_unsure(name);
}

TEST_F(Pending, a_map_without_paths_may_have_lost_the_one_that_is_removed)
{
	tree.plant("sys/class/block/dm-5/dev = 254:5\nsys/class/block/dm-5/slaves/\n"
		   "sys/class/block/dm-5/dm/name = mpathb\n"
		   "sys/class/block/dm-5/dm/uuid = mpath-3600c0ff000000041\n");
	auto why = "a map without paths; the removal of 7:0:0:1 is pending and may be that of one";
	expect_unsure("mpathb", why);
	tree.plant("sys/class/block/dm-5/slaves/sdc/\n");
	expect_unsure("mpathb", why);
}

TEST_F(Pending, each_verb_says_that_it_cannot_tell)
{
	auto why = run_tool(tree, {"why", "sdc"});
	EXPECT_EQ(why.code, 9);
	EXPECT_EQ(why.err.find("sdc: " + may_be_it), 0u) << why.err;
	EXPECT_NE(why.out.find("7:0:0:1 is being removed by tee (23117)"), why.out.npos) << why.out;
	for (const char *verb : {"status", "check"})
		EXPECT_EQ(run_tool(tree, {verb, "sdc"}).code, 9) << verb;
	tree.plant(source_text("trees/guard"));
	for (const char *verb : {"end", "hold", "monitor"})
		EXPECT_EQ(run_tool(tree, {verb, "sdc"}).code, 9) << verb;
	EXPECT_EQ(run_tool(tree, {"set", "teardown_tmo=5", "sdc"}).code, 9);
}

TEST_F(Pending, json_does_not_say_that_it_is_gone)
{
	auto ran = run_tool(tree, {"--json", "wait", "sdc"});
	EXPECT_EQ(ran.code, 9);
	EXPECT_NE(ran.out.find("\"gone\":null"), ran.out.npos) << ran.out;
}

TEST_F(Pending, a_map_and_a_wwid_may_have_lost_the_path_that_is_removed_beside_those_they_have)
{
	for (const char *name : {"mpatha", "naa.600c0ff000000050"}) {
		auto why = run_tool(tree, {"why", name});
		EXPECT_EQ(why.code, 1) << why.out;
		EXPECT_NE(why.out.find("7:0:0:1 is being removed"), why.out.npos) << why.out;
		auto ran = run_tool(tree, {"check", name});
		EXPECT_NE(ran.err.find(
				  std::string(name) +
				  ": more devices may be meant: the removal of 7:0:0:1 is pending"),
			  ran.err.npos)
			<< ran.err;
	}
	EXPECT_EQ(run_tool(tree, {"why", "7:0:0:2"}).code, 0);
}

TEST_F(Pending, what_cannot_be_the_device_under_removal_is_gone)
{
	for (const char *name : {"9:0:0:0", "7:0:0:3", "host9"})
		expect_gone(name);
	EXPECT_EQ(run_tool(tree, {"wait", "--session", "4"}).code, 0);
	EXPECT_EQ(run_tool(tree, {"why", "9:0:0:0"}).code, 0);
	tree.plant(source_text("trees/guard") + source_text("trees/session-guard") +
		   "sys/class/scsi_lifecycle/7:0:0:1/disk = sdc\n"
		   "sys/class/scsi_lifecycle/7:0:0:1/wwid = naa.600c0ff000000041\n");
	for (const char *name : {"sdx", "naa.600c0ff0000000ff", "/dev/sdx"})
		expect_gone(name);
}

TEST_F(Pending, the_module_has_the_names)
{
	tree.plant(source_text("trees/guard") + source_text("trees/session-guard") +
		   "sys/class/scsi_lifecycle/7:0:0:1/disk = sdc\n"
		   "sys/class/scsi_lifecycle/7:0:0:1/wwid = naa.600c0ff000000041\n");
	for (const char *name :
	     {"sdc", "naa.600c0ff000000041", "3600c0ff000000041", "/dev/sdc",
	      "/dev/disk/by-id/wwn-0x600c0ff000000041", "/dev/disk/by-id/scsi-3600c0ff000000041"})
		expect_found(name);
}

TEST_F(Pending, of_a_removal_that_hung_before_the_module_came_debugfs_has_the_names)
{
	tree.plant(source_text("trees/guard") + "sys/kernel/debug/scsi_lifecycle/devices :\n"
						"\t7:0:0:1 state=cancel blocked=no since=9000 "
						"deadline=- holds=0 waits_for=lld references=0 "
						"openers=0 disk=sdc wwid=naa.600c0ff000000041\n");
	expect_found("sdc");
	expect_found("naa.600c0ff000000041");
}

TEST_F(Pending, the_log_has_the_name_that_a_disk_had_last)
{
	tree.plant("dev/kmsg :\n"
		   "\t6,900,5000000,-;sd 9:0:0:0: [sdc] Attached SCSI disk\n"
		   "\t SUBSYSTEM=scsi\n\t DEVICE=+scsi:9:0:0:0\n"
		   "\t6,901,6000000,-;sd 7:0:0:1: [sdq] Attached SCSI disk\n"
		   "\t SUBSYSTEM=scsi\n\t DEVICE=+scsi:7:0:0:1\n"
		   "\t6,902,7000000,-;sd 7:0:0:1: [sdc] Attached SCSI disk\n"
		   "\t SUBSYSTEM=scsi\n\t DEVICE=+scsi:7:0:0:1\n"
		   "\t6,903,7000000,-;sd 7:0:0:2: [sdd] Attached SCSI disk\n"
		   "\t SUBSYSTEM=scsi\n\t DEVICE=+scsi:7:0:0:2\n"
		   "\t5,904,8000000,-;sd 7:0:0:1: [sdc] Synchronizing SCSI cache\n"
		   "\t SUBSYSTEM=scsi\n\t DEVICE=+scsi:7:0:0:1\n");
	expect_found("sdc");
	expect_found("/dev/sdc2");
	expect_gone("sdq");
}

// The kernel quotes the name that a process gives itself, and takes messages of programs.
TEST_F(Pending, a_line_of_the_log_that_another_can_write_makes_no_name_gone)
{
	const std::string device = "\n\t DEVICE=+scsi:7:0:0:1";
	for (const auto &message :
	     {std::string("4,905,9,-;sd 7:0:0:1: [s] (123): /proc/123/oom_adj is deprecated"),
	      std::string("6,905,9,-;sd 7:0:0:1: [sdx] Attached SCSI disk"),
	      std::string("6,905,9,-;sd 7:0:0:1: [sdx] Attached SCSI disk\n"
			  "\t DEVICE=+scsi:7:0:0:2"),
	      "14,905,9,-;sd 7:0:0:1: [sdx] Attached SCSI disk" + device,
	      "6,905,9,-;audit: sd 7:0:0:1: [sdx] Attached SCSI disk" + device,
	      "6,905,9,-;ses 7:0:0:1: [sdx] Attached" + device,
	      "6,905,9,-;sd  7:0:0:1: [sdx] Attached SCSI disk" + device,
	      "6,905,9,-;sd 7:0:0:1: [s] Attached SCSI disk" + device}) {
		tree.remove("dev/kmsg");
		tree.plant("dev/kmsg :\n\t" + message + "\n");
		expect_unsure("sdc");
	}
}

TEST_F(Pending, a_map_keeps_the_link_to_the_disk_that_it_has_open)
{
	tree.plant("sys/class/block/dm-5/dev = 254:5\nsys/class/block/dm-5/dm/name = mpathb\n"
		   "sys/class/block/dm-5/dm/uuid = mpath-3600c0ff000000041\n"
		   "sys/class/block/dm-5/slaves/sdc -> ../../../../platform/host7/session3/"
		   "target7:0:0/7:0:0:1/block/sdc\n");
	for (const char *name : {"mpathb", "dm-5", "sdc", "naa.600c0ff000000041"})
		expect_found(name);
}

TEST_F(Pending, a_disk_whose_last_writes_hang_is_in_the_class)
{
	tree.plant("sys/class/block/sdc -> ../../devices/platform/host7/session3/target7:0:0/"
		   "7:0:0:1/block/sdc\n");
	expect_found("sdc");
	auto snapshot = tree.snapshot();
	snapshot.put_list("sys/class/block", {"sdc"});
	snapshot.put_text("sys/class/block/sdc/dev", "8:32");
	snapshot.put_text("dev/sdc", "8:32");
	auto selection = select(machine_of(snapshot), snapshot, {{"/dev/sdc"}, {}, {}, {}});
	EXPECT_EQ(selection.addresses, (std::vector<Address>{{7, 0, 0, 1}}));
}

TEST_F(Pending, a_program_has_named_the_disk_whose_delete_it_writes)
{
	using namespace std::string_literals;
	tree.write("proc/23117/cmdline", "tee\0-a\0/sys/block/sdc/device/delete\0"s);
	expect_found("sdc");
	tree.write("proc/23117/cmdline", "sh\0-c\0echo 1 >/sys/class/block/sdc/device/delete\0"s);
	expect_found("sdc");
	tree.write("proc/23117/cmdline",
		   "tee\0/sys/block/sdc/device/delete\0/sys/block/sdx/device/delete\0"s);
	expect_unsure("sdc");
}

TEST_F(Pending, what_a_shell_is_yet_to_expand_is_no_name)
{
	using namespace std::string_literals;
	for (const auto &program : {"for d in sdc; do echo 1 >/sys/block/$d/device/delete; done"s,
				    "tee /sys/block/sd*/device/delete"s}) {
		tree.write("proc/23117/cmdline", "sh\0-c\0"s + program + "\0"s);
		expect_unsure("sdc");
	}
	tree.plant("dev/kmsg :\n\t5,904,8000000,-;sd 7:0:0:1: [sdc] Synchronizing SCSI cache\n"
		   "\t SUBSYSTEM=scsi\n\t DEVICE=+scsi:7:0:0:1\n");
	expect_found("sdc");
}

TEST_F(Pending, the_log_comes_before_a_program)
{
	using namespace std::string_literals;
	tree.write("proc/23117/cmdline", "tee\0/sys/block/sdx/device/delete\0"s);
	tree.plant("dev/kmsg :\n\t5,904,8000000,-;sd 7:0:0:1: [sdc] Synchronizing SCSI cache\n"
		   "\t DEVICE=+scsi:7:0:0:1\n");
	expect_found("sdc");
}

TEST_F(Pending, a_name_that_another_disk_has_by_now_is_that_disk)
{
	tree.plant("dev/kmsg :\n\t6,902,7000000,-;sd 7:0:0:1: [sda] Attached SCSI disk\n"
		   "\t DEVICE=+scsi:7:0:0:1\n");
	auto ran = run_tool(tree, {"wait", "--timeout", "1", "sda"});
	EXPECT_EQ(ran.code, 3);
	EXPECT_EQ(ran.out, "sda 2:0:0:0  still there\n");
}

TEST_F(Pending, a_removal_whose_device_has_left_sysfs_may_be_it)
{
	tree.remove("sys/devices/platform/host7/session3/target7:0:0/7:0:0:1");
	tree.remove("proc/23117/fd");
	tree.remove("proc/23440");
	expect_gone("sdc");
	tree.write("proc/23117/task/23117/stack",
		   "[<0>] blk_mq_freeze_queue_wait+0x94/0xb0\n"
		   "[<0>] blk_mq_destroy_queue+0x4a/0x70\n"
		   "[<0>] __scsi_remove_device+0xd2/0x150 [scsi_mod]\n"
		   "[<0>] scsi_remove_target+0x1a4/0x210 [scsi_mod]\n");
	for (const char *name : {"sdc", "7:0:0:1", "host9"}) {
		auto ran = run_tool(tree, {"wait", name});
		EXPECT_EQ(ran.code, 9) << name << ": " << ran.err;
		EXPECT_NE(ran.err.find("the removal of a device by tee (23117) is pending"),
			  ran.err.npos)
			<< ran.err;
	}
	tree.write("proc/23117/task/23117/comm", "kworker/u4:2+scsi_wq_7\n");
	EXPECT_EQ(run_tool(tree, {"wait", "7:0:0:1"}).code, 9);
	expect_gone("9:0:0:0");
}

TEST_F(Pending, a_device_that_has_left_sysfs_is_there_as_long_as_its_delete_is_written)
{
	Tree freeze{"freeze"};
	auto ran = run_tool(freeze, {"wait", "--timeout", "1", "2:0:0:0"});
	EXPECT_EQ(ran.code, 3) << ran.err;
	ran = run_tool(freeze, {"delete", "--force", "--timeout", "3", "2:0:0:0"});
	EXPECT_EQ(ran.code, 3) << ran.err;
	EXPECT_EQ(ran.out, "2:0:0:0  still there; something else removes it\n");
	freeze.remove("proc/60");
	EXPECT_EQ(run_tool(freeze, {"wait", "2:0:0:0"}).code, 0);
}

TEST_F(Pending, a_process_that_is_elsewhere_than_in_the_write_removes_nothing)
{
	tree.remove("sys/devices/platform/host7/session3/target7:0:0/7:0:0:1");
	for (const char *file : {"proc/23117/task/23117/stack", "proc/23117/fd/3"})
		tree.remove(file);
	tree.plant("proc/23117/fd/3 -> /sys/devices/a/b/target7:0:0/7:0:0:1/delete\n");
	EXPECT_EQ(run_tool(tree, {"wait", "--timeout", "1", "7:0:0:1"}).code, 3);
	tree.write("proc/23117/task/23117/stack", "[<0>] wait_for_vfork_done+0x4a/0x70\n"
						  "[<0>] kernel_clone+0x1a4/0x210\n");
	expect_gone("7:0:0:1");
	expect_gone("sdc");
}

TEST_F(Pending, where_a_thread_was_not_read_no_name_is_gone)
{
	tree.remove("sys/devices/platform/host7/session3/target7:0:0/7:0:0:1");
	tree.remove("proc/23117");
	tree.remove("proc/23440");
	const std::string thread = "proc/60/task/60/";
	for (const auto &path : {std::string("proc/60/task"), thread + "stat", thread + "stack"}) {
		tree.plant(thread + "stat = 60 (sh) D 1\n" + thread +
			   "stack = [<0>] msleep+0x1/0x2\n");
		expect_gone("sdc");
		tree.make_unreadable(path);
		auto ran = run_tool(tree, {"wait", "sdc"});
		EXPECT_EQ(ran.code, 9) << path << ": " << ran.err;
		EXPECT_NE(ran.err.find(path + " was not read"), ran.err.npos) << ran.err;
		tree.remove("proc/60");
	}
}

TEST_F(Pending, where_stacks_were_not_read_no_name_is_gone)
{
	Machine machine;
	machine.unseen = {"the stacks of 2 waiting threads: not permitted"};
	Selection selection;
	selection.gone = {"sdc"};
	doubt(machine, selection);
	ASSERT_EQ(selection.unsure.size(), 1u);
	EXPECT_TRUE(selection.gone.empty());
	EXPECT_EQ(selection.unsure[0].why, "not there by name; whether its removal hangs was not "
					   "seen: the stacks of 2 waiting threads: not permitted");
}
