// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include "tool.hpp"

TEST(Doctor, a_machine_without_the_module_is_wrong)
{
	auto ran = run_tool(Tree{"healthy"}, {"doctor"});
	EXPECT_EQ(ran.code, 1);
	EXPECT_NE(ran.out.find("wrong  the module is not loaded"), ran.out.npos) << ran.out;
}

TEST(Doctor, a_machine_with_the_module_is_good)
{
	auto ran = run_tool(Tree{"healthy", "guard", "session"}, {"doctor"});
	EXPECT_EQ(ran.code, 0);
	expect_golden("doctor", ran.out);
}

TEST(Doctor, times_that_add_up_to_what_hung_task_reports_are_wrong)
{
	Tree tree{"healthy", "guard"};
	tree.write("sys/module/scsi_lifecycle/parameters/flush_tmo", "60\n");
	auto ran = run_tool(tree, {"doctor"});
	EXPECT_EQ(ran.code, 1);
	EXPECT_NE(ran.out.find("hold_max 60 s and flush_tmo 60 s are 120 s together"), ran.out.npos)
		<< ran.out;
	tree.write("sys/module/scsi_lifecycle/parameters/hold_max", "30\n");
	EXPECT_EQ(run_tool(tree, {"doctor"}).code, 0);
}

TEST(Doctor, a_policy_with_a_mistake_is_wrong)
{
	Tree tree{"healthy", "guard"};
	tree.write("etc/scsi_lifecycle/policy.d/a.conf", "nonsense\n");
	auto ran = run_tool(tree, {"doctor"});
	EXPECT_EQ(ran.code, 1);
	EXPECT_NE(ran.out.find("/etc/scsi_lifecycle/policy.d/a.conf, line 1"), ran.out.npos);
}

TEST(Doctor, a_policy_that_was_not_read_is_unread)
{
	Tree tree{"healthy", "guard"};
	tree.make_unreadable("etc/scsi_lifecycle/policy.d/a.conf");
	auto ran = run_tool(tree, {"doctor"});
	EXPECT_EQ(ran.code, 9);
	EXPECT_NE(ran.out.find("unread"), ran.out.npos) << ran.out;
}

TEST(Doctor, the_times_of_devices_and_hosts_count_where_they_have_their_own)
{
	Tree tree{"healthy", "guard", "session"};
	const std::string path = "sys/bus/scsi/devices/7:0:0:2/teardown_tmo";
	const std::string timer = "sys/class/iscsi_session/session3/recovery_tmo";
	tree.write(timer, "20\n");
	auto gives_up = [&] {
		auto ran = run_tool(tree, {"doctor"});
		return ran.out.find("session3: recovery_tmo 20 s is longer than teardown_tmo") !=
		       ran.out.npos;
	};
	tree.remove("sys/devices/platform/host7/session3/target7:0:0/7:0:0:1");
	EXPECT_TRUE(gives_up());
	tree.write(path, "25\n");
	EXPECT_FALSE(gives_up());
	tree.write(path, "off\n");
	auto ran = run_tool(tree, {"doctor"});
	EXPECT_EQ(ran.code, 1);
	EXPECT_NE(ran.out.find("teardown_tmo of 7:0:0:2 (sdd) is off"), ran.out.npos) << ran.out;
	tree.write(path, "default\n");
	tree.write("sys/bus/scsi/devices/host7/teardown_tmo", "600\n");
	ran = run_tool(tree, {"doctor"});
	EXPECT_EQ(ran.code, 1);
	EXPECT_NE(ran.out.find("teardown_tmo of host7 600 s is not below"), ran.out.npos)
		<< ran.out;
	EXPECT_FALSE(gives_up());
}

// open-iscsi's own recovery_tmo is 120 s.
TEST(Doctor, advises_no_auto_where_that_stops_below_the_transport_s_timer)
{
	Tree tree{"healthy", "guard", "session"};
	auto advice = [&](const std::string &seconds) {
		tree.write("sys/class/iscsi_session/session3/recovery_tmo", seconds + "\n");
		return run_tool(tree, {"doctor"}).out;
	};
	const std::string follows = "(teardown_tmo=auto follows it)",
			  stops = "(teardown_tmo=auto stops at 60 s, so that what waits behind a "
				  "removal stays below hung_task's 120 s: lower recovery_tmo to 55 "
				  "s or less for auto to follow it)";
	EXPECT_NE(advice("55").find(follows), std::string::npos);
	for (const char *seconds : {"56", "120"}) {
		EXPECT_NE(advice(seconds).find(stops), std::string::npos) << advice(seconds);
		EXPECT_EQ(advice(seconds).find(follows), std::string::npos) << seconds;
	}
}
