// SPDX-License-Identifier: GPL-2.0
// What was not read is no answer: each verb says that it could not see, and names the file.
#include "unread.hpp"

#include <algorithm>
#include <cerrno>

TEST_F(Unread, a_state_is_not_fine)
{
	for (const char *verb : {"check", "status"})
		EXPECT_EQ(run_tool(tree, {verb, "sdd"}).code, 0) << verb;
	tree.make_unreadable(bus + "7:0:0:2/state");
	for (const auto &words : {Words{"check", "sdd"}, {"status", "sdd"}, {"status"}})
		expect_named(words, bus + "7:0:0:2/state");
}

TEST_F(Unread, a_state_of_a_session_is_not_fine)
{
	tree.make_unreadable(session + "state");
	for (const auto &words : {Words{"check", "sdd"}, {"status", "sdd"}, {"status"}})
		expect_named(words, session + "state");
}

TEST_F(Unread, a_state_of_a_host_is_not_fine)
{
	expect_blind({"check", "sdd"}, "sys/class/scsi_host/host7/state");
}

TEST_F(Unread, a_place_is_not_fine)
{
	hide_place("7:0:0:2");
	for (const auto &words : {Words{"check", "7:0:0:2"}, {"status"}})
		expect_named(words, bus + "7:0:0:2");
}

TEST_F(Unread, a_state_of_another_lun_is_not_fine)
{
	expect_blind({"check", "sda"}, bus + "2:0:0:1/state");
}

TEST_F(Unread, what_the_module_says_is_not_fine)
{
	load();
	tree.make_unreadable(class_dir + "7:0:0:2/state");
	for (const auto &words : {Words{"check", "sdd"}, {"status"}, {"why"}})
		expect_named(words, class_dir + "7:0:0:2/state");
}

TEST_F(Unread, a_list_of_hosts_or_devices_is_not_fine)
{
	load();
	for (const std::string path : {"sys/class/scsi_lifecycle", "sys/class/scsi_host",
				       "sys/devices/platform/host7/session3/target7:0:0"}) {
		tree.make_unreadable(path);
		auto ran = run_tool(tree, {"status"});
		EXPECT_EQ(ran.code, 9) << path << ran.out << ran.err;
		EXPECT_NE(ran.out.find("of what was read"), std::string::npos) << ran.out;
	}
}

TEST_F(Unread, a_state_is_null_in_json)
{
	tree.make_unreadable(bus + "7:0:0:2/state");
	tree.make_unreadable("sys/module");
	auto ran = run_tool(tree, {"--json"});
	for (const char *part : {"\"loaded\":null", "\"blocked\":null", "\"state\":null",
				 "/sys/module was not read", "7:0:0:2/state was not read"})
		EXPECT_NE(ran.out.find(part), std::string::npos) << ran.out;
}

TEST_F(Unread, an_empty_machine_is_not_one_where_nothing_hangs)
{
	for (const auto &words : {Words{"why"}, {"status"}, {"doctor"}, {"metrics"}}) {
		auto ran = run_tool(Tree(), words);
		EXPECT_EQ(ran.code, 9) << words[0] << ran.out << ran.err;
		EXPECT_EQ(ran.out.find("Nothing hangs"), std::string::npos) << ran.out;
	}
}

TEST_F(Unread, a_thread_is_not_one_that_does_not_hang)
{
	const std::string thread = "proc/60/task/60/";
	for (const std::string path : {"proc/60/task", "proc/60/task/60/stat"}) {
		tree.plant(thread + "stat = 60 (sh) S 1\n");
		auto ran = expect_blind({"why"}, path);
		EXPECT_EQ(ran.out.find("Nothing hangs"), std::string::npos) << ran.out;
		tree.remove("proc/60");
	}
	tree.plant(thread + "stat = nonsense\n");
	expect_named({"why"}, thread + "stat");
	tree.plant(thread + "stat = 60 (sh) D 1\n");
	tree.make_unreadable(thread + "stack");
	expect_named({"why"}, thread + "stack");
}

TEST_F(Unread, a_stack_may_say_what_the_module_does_not)
{
	load();
	tree.plant("proc/60/task/60/stat = 60 (reboot) D 1\n"
		   "proc/60/task/60/stack = [<0>] msleep+0x1/0x2\n");
	expect_blind({"why"}, "proc/60/task/60/stack");
}

TEST_F(Unread, a_map_is_not_one_that_lets_all_through)
{
	expect_blind({"why"}, "sys/class/block/dm-4/dm/suspended");
}

TEST_F(Unread, what_a_removal_waits_for_is_not_nothing)
{
	load();
	tree.write(class_dir + "7:0:0:2/state", "cancel\n");
	tree.make_unreadable(class_dir + "7:0:0:2/waits_for");
	auto ran = run_tool(tree, {"why"});
	EXPECT_NE(ran.out.find("waits_for was not read"), std::string::npos) << ran.out;
}

TEST_F(Unread, a_module_that_is_listed_is_loaded)
{
	load();
	for (const char *file : {"initstate", "refcnt", "version"})
		tree.make_unreadable(std::string("sys/module/scsi_lifecycle/") + file);
	auto ran = run_tool(tree, {"metrics"});
	EXPECT_NE(ran.out.find("scsi_lifecycle_loaded 1\n"), std::string::npos) << ran.out;
	EXPECT_NE(run_tool(tree, {"doctor"}).out.find("the module is loaded"), std::string::npos);
}

TEST_F(Unread, a_module_is_not_missing)
{
	tree.make_unreadable("sys/module");
	auto ran = expect_named({"metrics"}, "sys/module");
	EXPECT_EQ(ran.out.find("scsi_lifecycle_loaded"), std::string::npos) << ran.out;
	EXPECT_NE(ran.out.find("scsi_lifecycle_livepatch_enabled 0"), std::string::npos);
	ran = expect_named({"doctor"}, "sys/module");
	EXPECT_EQ(ran.out.find("not loaded"), std::string::npos) << ran.out;
	ran = expect_named({"status"}, "sys/module");
	EXPECT_EQ(ran.out.find("not loaded"), std::string::npos) << ran.out;
}

TEST_F(Unread, a_livepatch_is_not_off)
{
	load();
	const std::string enabled = "sys/kernel/livepatch/scsi_lifecycle_livepatch/enabled";
	tree.make_unreadable(enabled);
	auto ran = expect_named({"metrics"}, enabled);
	EXPECT_EQ(ran.out.find("livepatch_enabled"), std::string::npos) << ran.out;
	ran = expect_named({"doctor"}, enabled);
	EXPECT_EQ(ran.out.find("livepatch is off"), std::string::npos) << ran.out;
}

TEST_F(Unread, a_time_is_not_one_that_adds_up)
{
	load();
	for (const std::string path : {"sys/module/scsi_lifecycle/parameters/flush_tmo",
				       "proc/sys/kernel/hung_task_timeout_secs",
				       "sys/class/iscsi_session/session3/recovery_tmo"}) {
		auto before = tree.read(path);
		expect_blind({"doctor"}, path);
		tree.remove(path);
		tree.write(path, before);
	}
}

TEST_F(Unread, a_member_is_left_out_of_metrics_and_counted)
{
	load();
	tree.write(class_dir + "2:0:0:0/blocked", "yes\n");
	EXPECT_NE(run_tool(tree, {"metrics"}).out.find("scsi_lifecycle_unread_values 0\n"),
		  std::string::npos);
	tree.make_unreadable(class_dir + "7:0:0:2/blocked");
	auto ran = expect_named({"metrics"}, class_dir + "7:0:0:2/blocked");
	EXPECT_NE(ran.out.find("scsi_lifecycle_devices_blocked{host=\"2\"} 1\n"),
		  std::string::npos);
	EXPECT_NE(ran.out.find("scsi_lifecycle_unread_values 1\n"), std::string::npos) << ran.out;
	tree.write(class_dir + "2:0:0:0/state", "cancel\n");
	for (const char *file : {"since", "waits_for"}) {
		auto path = class_dir + "2:0:0:0/" + file;
		tree.make_unreadable(path);
		ran = expect_named({"metrics"}, path);
		EXPECT_EQ(ran.out.find("removal_oldest_seconds{"), std::string::npos) << ran.out;
		tree.remove(path);
		tree.write(path, "1000\n");
	}
}

// For metrics a 0 says that all were looked at.
TEST_F(Unread, a_device_is_not_none_that_is_removed_or_blocked)
{
	const std::string pending = "scsi_lifecycle_removals_pending",
			  blocked = "scsi_lifecycle_devices_blocked";
	auto lacks = [&](const std::string &path, std::initializer_list<std::string> families) {
		auto before = tree.read(path);
		auto ran = expect_blind({"metrics"}, path);
		for (const auto &family : {pending, blocked})
			EXPECT_EQ(ran.out.find(family) == std::string::npos,
				  std::find(families.begin(), families.end(), family) !=
					  families.end())
				<< path << "\n"
				<< ran.out;
		tree.remove(path);
		tree.write(path, before);
	};
	lacks(bus + "7:0:0:2/state", {blocked});
	load();
	lacks(class_dir + "7:0:0:2/state", {pending});
	lacks(class_dir + "7:0:0:2/blocked", {blocked});
	tree.write(class_dir + "2:0:0:0/state", "cancel\n");
	tree.write(class_dir + "2:0:0:0/blocked", "yes\n");
	tree.make_unreadable("sys/devices/platform/host7/session3/target7:0:0");
	auto ran = run_tool(tree, {"metrics"});
	EXPECT_NE(ran.out.find(pending + " 1\n"), std::string::npos) << ran.out;
	EXPECT_NE(ran.out.find(blocked + "{host=\"2\"} 1\n"), std::string::npos) << ran.out;
	tree.write(class_dir + "2:0:0:0/state", "running\n");
	tree.write(class_dir + "2:0:0:0/blocked", "no\n");
	ran = run_tool(tree, {"metrics"});
	for (const auto &family : {pending, blocked})
		EXPECT_EQ(ran.out.find(family), std::string::npos) << ran.out;
}

TEST_F(Unread, counters_are_not_missing)
{
	load();
	expect_blind({"metrics"}, class_dir + "counters");
}

TEST_F(Unread, a_list_of_removals_is_not_empty_for_a_rescue)
{
	load();
	EXPECT_EQ(run_tool(tree, {"rescue", "--dry-run"}).code, 0);
	tree.make_unreadable("sys/devices/platform/host2/target2:0:0");
	expect_named({"rescue", "--dry-run"}, bus + "target2:0:0");
}

TEST_F(Unread, a_wwid_is_none_where_the_disk_names_itself_by_nothing)
{
	scl::Snapshot snapshot;
	snapshot.put_error("a/wwid", EINVAL);
	snapshot.put_error("b/wwid", ENXIO);
	snapshot.put_error("c/wwid", EIO);
	snapshot.put_error("d/state", EINVAL);
	EXPECT_EQ(snapshot.text("a/wwid").unread(), "");
	EXPECT_EQ(snapshot.text("b/wwid").unread(), "");
	EXPECT_EQ(snapshot.text("c/wwid").unread(), "/c/wwid was not read: Input/output error");
	EXPECT_EQ(snapshot.text("d/state").unread(), "/d/state was not read: Invalid argument");
}

TEST_F(Unread, what_a_listed_directory_lacks_is_not_there)
{
	scl::Snapshot snapshot;
	snapshot.put_list("a", {"b"});
	EXPECT_EQ(snapshot.text("a/c/d").unread(), "");
	EXPECT_EQ(snapshot.text("a/b/d").unread(), "/a/b/d was not read");
	snapshot.put_error("a/b", EACCES);
	EXPECT_EQ(snapshot.text("a/b/d").unread(), "/a/b was not read: Permission denied");
	snapshot.put_error("e", ENOENT);
	EXPECT_EQ(snapshot.text("e/f").unread(), "");
	snapshot.put_hanging("a/b/h", "it hangs");
	EXPECT_EQ(snapshot.text("a/b/h").unread(), "it hangs");
}
