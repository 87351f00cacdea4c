// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/why.hpp"

#include <gtest/gtest.h>

#include "print/text.hpp"
#include "tree.hpp"

using namespace scl;

static std::string told(std::initializer_list<const char *> trees)
{
	auto machine = Tree(trees).machine();
	return why_text(diagnose(machine, {}), machine, Paint(false));
}

TEST(Why, with_the_module_a_lost_path_is_named_with_its_end_and_what_is_behind)
{
	expect_golden("why-session-guard", told({"healthy", "guard", "session", "session-guard"}));
}

TEST(Why, without_the_module_the_stack_names_what_hangs)
{
	expect_golden("why-session", told({"healthy", "session"}));
}

TEST(Why, what_the_module_cannot_end_is_said)
{
	expect_golden("why-old-module", told({"old-module"}));
}

TEST(Why, a_reboot_and_a_suspended_map_are_told_apart)
{
	expect_golden("why-reboot", told({"reboot"}));
}

TEST(Why, an_unload_is_told_by_the_device_that_is_left_of_its_host)
{
	expect_golden("why-unload", told({"unload"}));
}

TEST(Why, a_process_has_its_age_also_in_its_first_second)
{
	Tree tree({"freeze"});
	tree.write("proc/uptime", "960.90 1900.00\n");
	auto machine = tree.machine();
	auto text = why_text(diagnose(machine, {}), machine, Paint(false));
	EXPECT_NE(text.find("which was started 0.9 s ago\n"), text.npos) << text;
}

TEST(Why, a_flush_that_waits_for_error_handling_is_told_with_that)
{
	expect_golden("why-recovery", told({"recovery"}));
}

TEST(Why, a_logout_is_told_by_the_host_in_the_name_of_its_worker)
{
	Tree tree({"session", "logout"});
	for (const char *process : {"proc/23117", "proc/23440"})
		tree.remove(process);
	auto machine = tree.machine();
	expect_golden("why-logout", why_text(diagnose(machine, {}), machine, Paint(false)));
}

TEST(Why, with_the_module_a_reboot_has_the_time_that_the_disk_has)
{
	Tree tree({"reboot", "guard"});
	tree.write("sys/class/scsi_lifecycle/2:0:0:0/blocked", "yes\n");
	auto machine = tree.machine();
	auto late = diagnose(machine, {}).cases.at(0);
	EXPECT_EQ(late.device, (Address{2, 0, 0, 0}));
	EXPECT_FALSE(late.ends_in);
	tree.write("sys/class/scsi_lifecycle/2:0:0:0/deadline", "1500\n");
	machine = tree.machine();
	auto text = why_text(diagnose(machine, {}), machine, Paint(false));
	EXPECT_EQ(diagnose(machine, {}).cases.at(0).ends_in, 1500u);
	EXPECT_NE(text.find("in 1.5 s, by reboot_tmo: the flush is then lost"), text.npos) << text;
}

TEST(Why, a_time_of_a_reboot_that_was_not_read_is_not_off)
{
	Tree tree({"reboot", "guard"});
	tree.write("sys/class/scsi_lifecycle/2:0:0:0/blocked", "yes\n");
	auto ends = [&] {
		auto machine = tree.machine();
		return why_text(diagnose(machine, {}), machine, Paint(false));
	};
	EXPECT_NE(ends().find("reboot_tmo is off"), std::string::npos);
	tree.make_unreadable("sys/class/scsi_lifecycle/2:0:0:0/deadline");
	EXPECT_NE(ends().find("by reboot_tmo; the time that is left was not read"),
		  std::string::npos);
}

TEST(Why, with_the_module_a_reboot_that_waits_for_a_silent_driver_has_flush_tmo)
{
	Tree tree({"reboot", "guard"});
	tree.write("sys/bus/scsi/devices/2:0:0:0/state", "running\n");
	tree.write("sys/kernel/debug/block/sda/state", "SAME_COMP\n");
	tree.write("sys/class/scsi_host/host2/host_busy", "1\n");
	auto machine = tree.machine();
	auto text = why_text(diagnose(machine, {}), machine, Paint(false));
	EXPECT_NE(text.find("scsi_debug has 1 command of host2, and has not answered"), text.npos);
	EXPECT_NE(text.find("when the driver answers, or its error handling gives up\n"), text.npos)
		<< text;
	EXPECT_EQ(text.find("reboot_tmo"), text.npos) << text;
	EXPECT_EQ(text.find("bring the path back"), text.npos) << text;
	tree.write("sys/class/scsi_lifecycle/2:0:0:0/deadline", "1500\n");
	machine = tree.machine();
	text = why_text(diagnose(machine, {}), machine, Paint(false));
	EXPECT_EQ(diagnose(machine, {}).cases.at(0).ends_in, 1500u);
	EXPECT_NE(text.find("in 1.5 s, by flush_tmo"), text.npos) << text;
	tree.write("sys/class/scsi_lifecycle/2:0:0:0/deadline", "0\n");
	machine = tree.machine();
	text = why_text(diagnose(machine, {}), machine, Paint(false));
	EXPECT_NE(text.find("gives the command back: it was asked to"), text.npos) << text;
	EXPECT_FALSE(diagnose(machine, {}).cases.at(0).ends_in);
	tree.make_unreadable("sys/class/scsi_lifecycle/2:0:0:0/deadline");
	machine = tree.machine();
	text = why_text(diagnose(machine, {}), machine, Paint(false));
	EXPECT_NE(text.find("or by flush_tmo; the time that is left was not read"), text.npos);
}

// The reboot's thread, in a suspend.
static std::string suspended(const std::string &functions)
{
	Tree tree({"reboot"});
	tree.write("proc/1/task/1/stack", functions);
	auto machine = tree.machine();
	return why_text(diagnose(machine, {}), machine, Paint(false));
}

TEST(Why, a_flush_under_a_suspend_is_no_removal)
{
	const std::string flush = "[<0>] blk_execute_rq+0x1/0x2\n[<0>] sd_sync_cache+0x1/0x2\n";
	auto text = suspended(flush + "[<0>] sd_suspend_common+0x1/0x2\n"
				      "[<0>] scsi_bus_suspend_common+0x1/0x2\n");
	EXPECT_NE(text.find("the machine is suspended: systemd-shutdow (1), suspend"), text.npos)
		<< text;
	EXPECT_NE(text.find("2:0:0:0 (sda) is blocked: its queue is stopped"), text.npos) << text;
	EXPECT_EQ(text.find("removed"), text.npos) << text;
	EXPECT_EQ(text.find("teardown_tmo"), text.npos) << text;
	text = suspended(flush + "[<0>] sd_suspend_runtime+0x1/0x2\n"
				 "[<0>] rpm_suspend+0x1/0x2\n");
	EXPECT_NE(text.find("a disk that is idle is suspended"), text.npos) << text;
}

TEST(Why, a_driver_that_has_a_command_can_be_asked_for_it)
{
	Tree tree({"healthy", "guard", "session", "session-guard"});
	tree.write("sys/class/scsi_lifecycle/7:0:0:1/waits_for", "lld\n");
	auto machine = tree.machine();
	auto text = why_text(diagnose(machine, {}), machine, Paint(false));
	EXPECT_NE(text.find("because    iSCSI session3 is FAILED"), text.npos) << text;
	EXPECT_NE(text.find("scsi-lifecycle end 7:0:0:1: the driver is asked"), text.npos) << text;
	for (const char *deadline : {"-\n", "0\n"}) {
		tree.write("sys/class/scsi_lifecycle/7:0:0:1/deadline", deadline);
		machine = tree.machine();
		text = why_text(diagnose(machine, {}), machine, Paint(false));
		EXPECT_EQ(text.find("scsi-lifecycle end"), text.npos) << text;
	}
}

TEST(Why, a_device_that_is_named_stands_for_a_suspended_map_above_it)
{
	Tree tree({"session"});
	tree.write("sys/class/block/dm-4/dm/suspended", "1\n");
	auto machine = tree.machine();
	auto cases = diagnose(machine, {{7, 0, 0, 2}}).cases;
	ASSERT_EQ(cases.size(), 1u);
	EXPECT_EQ(cases[0].waits_for, "resume");
	EXPECT_TRUE(diagnose(machine, {{2, 0, 0, 0}}).cases.empty());
}

TEST(Why, a_removal_that_hung_before_the_module_came_is_in_debugfs_alone)
{
	Tree tree({"healthy", "guard"});
	tree.write("sys/kernel/debug/scsi_lifecycle/devices",
		   "2:0:0:0 state=del blocked=yes since=1 deadline=- holds=0 waits_for=path\n"
		   "2:0:0:7 state=cancel blocked=no since=9000 deadline=- holds=0 waits_for=lld\n"
		   "2:0:0:8 state=running blocked=no since=9000 deadline=- holds=0 waits_for=-\n");
	auto machine = tree.machine();
	auto cases = diagnose(machine, {}).cases;
	ASSERT_EQ(cases.size(), 1u);
	EXPECT_EQ(cases[0].device, (Address{2, 0, 0, 7}));
	EXPECT_EQ(cases[0].waits_for, "lld");
	EXPECT_FALSE(machine.device({2, 0, 0, 8}));
}

TEST(Why, a_removal_without_a_node_is_not_to_be_ended_by_it_and_its_list_says_off)
{
	Tree tree({"healthy", "guard"});
	tree.write("sys/kernel/debug/scsi_lifecycle/devices",
		   "2:0:0:7 state=cancel blocked=yes since=9 deadline=- holds=0 waits_for=path\n");
	auto machine = tree.machine();
	auto diagnosis = diagnose(machine, {});
	ASSERT_EQ(diagnosis.cases.size(), 1u);
	EXPECT_EQ(diagnosis.cases[0].ends, false);
	auto text = why_text(diagnosis, machine, Paint(false));
	EXPECT_EQ(text.find("scsi-lifecycle end"), text.npos) << text;
	EXPECT_NE(text.find("never: teardown_tmo is off"), text.npos) << text;
}

TEST(Why, a_healthy_machine_has_no_case)
{
	auto machine = Tree({"healthy", "guard"}).machine();
	EXPECT_TRUE(diagnose(machine, {}).cases.empty());
}

TEST(Why, a_device_that_is_named_has_its_own_case_alone)
{
	auto machine = Tree({"old-module"}).machine();
	auto diagnosis = diagnose(machine, {{3, 0, 0, 0}});
	ASSERT_EQ(diagnosis.cases.size(), 1u);
	EXPECT_EQ(diagnosis.cases[0].device, (Address{3, 0, 0, 0}));
}

TEST(Why, with_the_livepatch_the_path_alone_ends_it_and_keeps_the_flush)
{
	Tree tree({"healthy", "guard", "session", "session-guard"});
	tree.plant("sys/kernel/livepatch/scsi_lifecycle_livepatch/enabled = 1\n"
		   "sys/kernel/livepatch/scsi_lifecycle_livepatch/transition = 0\n");
	auto machine = tree.machine();
	auto text = why_text(diagnose(machine, {}), machine, Paint(false));
	EXPECT_NE(text.find("bring the path back: the flush completes"), text.npos) << text;
	EXPECT_EQ(text.find("passes over"), text.npos) << text;
}

// mpt3sas looks for the devices to unblock by shost_for_each_device(), which passes over these.
TEST(Why, the_path_of_another_transport_alone_is_not_said_to_complete_the_flush)
{
	Tree tree({"healthy", "guard", "session", "session-guard"});
	auto machine = tree.machine();
	machine.module.livepatch = true;
	for (auto &device : machine.devices)
		device.transport.kind = "sas";
	auto text = why_text(diagnose(machine, {}), machine, Paint(false));
	EXPECT_EQ(text.find("bring the path back: the flush completes\n"), text.npos) << text;
	EXPECT_NE(text.find("which most pass over"), text.npos) << text;
}

TEST(Why, without_stacks_a_half_removed_device_is_told_and_the_reader_is_blind)
{
	Tree tree({"session"});
	tree.remove("proc");
	auto machine = tree.machine();
	auto diagnosis = diagnose(machine, {});
	ASSERT_EQ(diagnosis.cases.size(), 1u);
	EXPECT_FALSE(diagnosis.unread.empty());
	EXPECT_EQ(diagnosis.cases[0].what, "7:0:0:1 is half removed: its driver is being detached");
}

TEST(Why, a_removal_without_a_limit_is_said_never_to_end)
{
	Tree tree({"healthy", "guard", "session", "session-guard"});
	tree.write("sys/class/scsi_lifecycle/7:0:0:1/deadline", "-\n");
	auto machine = tree.machine();
	auto diagnosis = diagnose(machine, {});
	ASSERT_FALSE(diagnosis.cases.empty());
	EXPECT_EQ(diagnosis.cases[0].ends, false);
	EXPECT_FALSE(diagnosis.cases[0].ends_in);
}

static Task with(std::initializer_list<const char *> stack, const char *comm = "sh")
{
	Task task;
	task.comm = comm;
	for (const auto *function : stack)
		task.stack.emplace_back(function);
	return task;
}

TEST(Stack, what_holds_the_others_up_is_told_from_what_waits_behind_it)
{
	EXPECT_EQ(wait_of(with({"blk_execute_rq", "sd_sync_cache", "sd_shutdown"})), Wait::flush);
	EXPECT_EQ(wait_of(with({"__mutex_lock.constprop.0", "scsi_remove_device.part.0"})),
		  Wait::behind);
	EXPECT_EQ(wait_of(with({"__mutex_lock.constprop.0", "device_shutdown"})), Wait::behind);
	EXPECT_EQ(wait_of(with({"sdev_store_delete", "kernfs_fop_write_iter"})), Wait::behind);
	EXPECT_EQ(wait_of(with({"scsi_remove_device", "scsi_remove_target"})), Wait::behind);
	EXPECT_EQ(wait_of(with({"device_shutdown", "kernel_restart"})), Wait::behind);
	EXPECT_EQ(wait_of(with({"scsi_scan_host_selected", "store_scan"})), Wait::behind);
	EXPECT_EQ(wait_of(with({"blk_execute_rq", "__scsi_execute", "scsi_probe_and_add_lun",
				"scsi_scan_host_selected", "store_scan"})),
		  Wait::none);
	EXPECT_EQ(wait_of(with({"__bio_queue_enter", "fsync_bdev", "del_gendisk", "sd_remove"})),
		  Wait::queue);
	EXPECT_EQ(wait_of(with({"msleep", "fc_block_rport"}, "scsi_eh_4")), Wait::recovery);
	EXPECT_EQ(wait_of(with({"schedule", "scsi_error_handler"}, "scsi_eh_4")), Wait::none);
	EXPECT_EQ(wait_of(with({"__mutex_lock", "ext4_sync_file"})), Wait::none);
	EXPECT_EQ(wait_of(with({})), Wait::none);
}

TEST(Stack, the_taker_of_a_lock_waits_for_it_where_the_kernel_leaves_the_lock_out)
{
	EXPECT_EQ(wait_of(with({"device_shutdown", "kernel_restart", "__do_sys_reboot"})),
		  Wait::behind);
	EXPECT_EQ(wait_of(with({"scsi_remove_device", "sdev_store_delete"})), Wait::behind);
	EXPECT_EQ(wait_of(with({"scsi_scan_host_selected", "store_scan"})), Wait::behind);
	EXPECT_EQ(wait_of(with({"msleep", "device_shutdown", "kernel_restart"})), Wait::none);
}

TEST(Stack, a_longer_name_is_another_function)
{
	EXPECT_EQ(wait_of(with({"sd_sync_cache_helper"})), Wait::none);
}
