// SPDX-License-Identifier: GPL-2.0
// No time is set, and none said to be missing, by what was not read.
#include "unread.hpp"

#include "model/policy.hpp"

TEST_F(Unread, a_timer_is_no_default)
{
	load();
	tree.make_unreadable(session + "recovery_tmo");
	expect_named({"set", "teardown_tmo=auto", "sdd"}, session + "recovery_tmo");
	tree.write("etc/scsi_lifecycle/policy.d/a.conf", "[device]\nteardown_tmo = auto\n");
	expect_named({"apply-policy", "7:0:0:2"}, session + "recovery_tmo");
	EXPECT_EQ(teardown_tmo(), "default\n");
}

TEST_F(Unread, a_timer_that_is_no_number_is_no_default)
{
	load();
	tree.write(session + "recovery_tmo", "soon\n");
	expect_named({"set", "teardown_tmo=auto", "sdd"}, session + "recovery_tmo");
	tree.write(session + "recovery_tmo", "off\n");
	EXPECT_EQ(run_tool(tree, {"set", "teardown_tmo=auto", "sdd"}).code, 0);
}

TEST_F(Unread, a_timer_may_be_less_than_the_other)
{
	for (std::string unread : {"fast_io_fail_tmo", "dev_loss_tmo"}) {
		auto name = "rport-2:0-" + std::to_string(unread.size());
		auto port = "sys/class/fc_remote_ports/" + name + "/";
		tree.plant(port + "port_state = Online\n" + port + "fast_io_fail_tmo = 5\n" + port +
			   "dev_loss_tmo = 60\n");
		tree.make_unreadable(port + unread);
		auto transport =
			scl::transport_of(tree.snapshot(), "../host2/" + name + "/target2:0:3");
		EXPECT_FALSE(transport.timer_seconds);
		EXPECT_NE(transport.timer_seconds.unread().find(port + unread), std::string::npos);
	}
}

TEST_F(Unread, a_place_is_not_one_without_a_transport)
{
	load();
	hide_place("7:0:0:2");
	expect_named({"set", "teardown_tmo=auto", "7:0:0:2"}, bus + "7:0:0:2");
	tree.write("etc/scsi_lifecycle/policy.d/a.conf",
		   "[device]\nteardown_tmo = 10\n[device]\ntransport = iscsi\nteardown_tmo = 20\n");
	expect_named({"apply-policy", "7:0:0:2"}, bus + "7:0:0:2");
	EXPECT_EQ(teardown_tmo(), "default\n");
}

TEST_F(Unread, a_field_fits_no_section_and_passes_over_none)
{
	load();
	tree.write("etc/scsi_lifecycle/policy.d/a.conf",
		   "[device]\nteardown_tmo = 10\n[device]\nvendor = HPE\nmodel = MSA*\n"
		   "teardown_tmo = 20\n");
	tree.write(bus + "7:0:0:2/vendor", "HPE\n");
	tree.make_unreadable(bus + "7:0:0:2/model");
	expect_named({"apply-policy", "7:0:0:2"}, bus + "7:0:0:2/model");
	EXPECT_EQ(teardown_tmo(), "default\n");
	tree.write(bus + "7:0:0:2/vendor", "Other\n");
	EXPECT_EQ(run_tool(tree, {"apply-policy", "7:0:0:2"}).code, 0);
	EXPECT_EQ(teardown_tmo().substr(0, 2), "10");
}

TEST_F(Unread, a_policy_is_not_the_one_before_it)
{
	load();
	for (const char *name : {"a", "b", "c"})
		tree.write(std::string("etc/scsi_lifecycle/policy.d/") + name + ".conf",
			   std::string("[device]\nvendor = ") + name + "*\nteardown_tmo = 10\n");
	tree.write(bus + "7:0:0:2/vendor", "a\n");
	tree.make_unreadable("etc/scsi_lifecycle/policy.d/b.conf");
	expect_named({"apply-policy", "7:0:0:2"}, "etc/scsi_lifecycle/policy.d/b.conf");
	EXPECT_EQ(teardown_tmo(), "default\n");
	tree.write(bus + "7:0:0:2/vendor", "c\n");
	expect_named({"apply-policy", "7:0:0:2"}, "etc/scsi_lifecycle/policy.d/b.conf");
	EXPECT_EQ(teardown_tmo().substr(0, 2), "10");
}

TEST_F(Unread, a_policy_is_not_none_where_its_time_is_over)
{
	tree.write("etc/scsi_lifecycle/policy.d/a.conf", "[device]\nteardown_tmo = 10\n");
	auto policy = scl::read_policy(scl::Root(tree.root(), scl::Clock::now()));
	EXPECT_TRUE(policy.rules.empty());
	ASSERT_FALSE(policy.failures.empty());
	EXPECT_EQ(policy.failures[0].code, scl::Exit::cannot_tell);
}

TEST_F(Unread, devices_are_not_none_for_a_policy)
{
	load();
	tree.write("etc/scsi_lifecycle/policy.d/a.conf", "[device]\nteardown_tmo = 10\n");
	tree.make_unreadable("sys/bus/scsi/devices");
	tree.make_unreadable("sys/class/scsi_lifecycle");
	expect_named({"apply-policy", "7:0:0:2"}, "sys/bus/scsi/devices");
}

TEST_F(Unread, a_setting_is_not_missing)
{
	load();
	tree.make_unreadable(class_dir + "2:0:0:0/teardown_tmo");
	expect_named({"set", "teardown_tmo=30", "sda"}, class_dir + "2:0:0:0/teardown_tmo");
	expect_named({"set"}, class_dir + "2:0:0:0/teardown_tmo");
}

TEST_F(Unread, a_parameter_is_not_shown_as_well)
{
	load();
	expect_blind({"set"}, "sys/module/scsi_lifecycle/parameters/hold_max");
}

TEST_F(Unread, hosts_are_not_none_for_a_setting)
{
	load();
	tree.make_unreadable("sys/class/scsi_host");
	expect_named({"set", "teardown_tmo=30", "host2"}, "sys/class/scsi_host");
}

TEST_F(Unread, a_module_is_not_missing_for_a_setting)
{
	tree.make_unreadable("sys/module");
	expect_named({"set", "--persist", "teardown_tmo=12"}, "sys/module");
	EXPECT_EQ(tree.read("etc/modprobe.d/scsi_lifecycle.conf"), "");
}
