// SPDX-License-Identifier: GPL-2.0
#include "model/policy.hpp"

#include <gtest/gtest.h>

#include "base/exit.hpp"
#include "leased.hpp"
#include "tool.hpp"

using namespace scl;

static std::string refusal(const std::string &text)
{
	try {
		parse_policy("x.conf", text);
	} catch (const Failure &failure) {
		EXPECT_EQ(failure.code, Exit::usage);
		return failure.what();
	}
	return "none";
}

TEST(Policy, the_last_section_that_fits_decides)
{
	auto rules = parse_policy("x.conf", "[device]\nteardown_tmo = 10\n"
					    "# FC arrays\n[device]\n  vendor = HPE \nmodel=MSA*\n"
					    "teardown_tmo = 30\n");
	Device device;
	EXPECT_EQ(rule_for(rules, device)->setting.value, "10");
	device.vendor = "HPE";
	EXPECT_EQ(rule_for(rules, device)->setting.value, "10");
	device.model = "MSA 2060";
	EXPECT_EQ(rule_for(rules, device)->setting.value, "30");
}

TEST(Policy, a_device_that_no_section_fits_has_no_rule)
{
	auto rules = parse_policy("x.conf", "[device]\ntransport = fc\nteardown_tmo = 30\n");
	Device device;
	EXPECT_EQ(rule_for(rules, device), nullptr);
	device.transport.kind = "fc";
	EXPECT_NE(rule_for(rules, device), nullptr);
}

TEST(Policy, a_mistake_is_named_by_file_and_line)
{
	EXPECT_EQ(refusal("vendor = HPE\n"),
		  "x.conf, line 1: \"vendor = HPE\" stands before the first [device]");
	EXPECT_EQ(refusal("[device]\ncolour = red\n"),
		  "x.conf, line 2: \"colour\" is not a setting of a device or a host: only "
		  "teardown_tmo is");
	EXPECT_EQ(refusal("[device]\nteardown_tmo = soon\n"),
		  "x.conf, line 2: teardown_tmo takes seconds, off, default or auto, not \"soon\"");
	EXPECT_EQ(refusal("[device]\nexpedite = N\n"),
		  "x.conf, line 2: expedite is a parameter of the whole module: a device or a host "
		  "has a teardown_tmo of its own, and nothing else");
	EXPECT_EQ(refusal("[device]\nvendor =\n"), "x.conf, line 2: \"vendor\" has no value");
	EXPECT_EQ(refusal("[device]\nx\n"), "x.conf, line 2: \"x\" is not KEY = VALUE");
	EXPECT_EQ(refusal("[disk]\n"), "x.conf, line 1: \"[disk]\" is not [device]");
	EXPECT_EQ(refusal("[device]\nvendor = x\n"),
		  "x.conf, line 2: the section that ends here has no teardown_tmo");
	EXPECT_EQ(refusal("[device]\nteardown_tmo = 1\nteardown_tmo = 2\n"),
		  "x.conf, line 3: \"teardown_tmo\" stands twice in this section");
	EXPECT_EQ(refusal(""), "none");
}

static std::string value_of(const std::string &value, std::optional<unsigned> timer)
{
	Transport transport;
	transport.timer_seconds = timer;
	return value_for({"teardown_tmo", value}, transport);
}

TEST(Policy, auto_is_the_transports_timer_and_a_little_more)
{
	EXPECT_EQ(value_of("auto", 5), "10");
	EXPECT_EQ(value_of("auto", 0), "5");
}

TEST(Policy, auto_keeps_below_what_hung_task_reports)
{
	EXPECT_EQ(value_of("auto", 120), "60");
	EXPECT_EQ(value_of("auto", 58), "60");
	EXPECT_EQ(value_of("auto", ~0u), "60");
}

TEST(Policy, auto_without_a_timer_is_the_modules_default)
{
	EXPECT_EQ(value_of("auto", std::nullopt), "default");
}

TEST(Policy, auto_of_a_transport_that_keeps_lost_paths_is_the_longest)
{
	Tree tree({"session"});
	auto value = [&](const std::string &recovery_tmo) {
		tree.write("sys/class/iscsi_session/session3/recovery_tmo", recovery_tmo + "\n");
		return value_for(
			{"teardown_tmo", "auto"},
			transport_of(tree.snapshot(), "../host7/session3/target7:0:0/7:0:0:1"));
	};
	EXPECT_EQ(value("-1"), "60");
	EXPECT_EQ(value("0"), "5");
}

TEST(Policy, what_is_no_auto_is_itself)
{
	EXPECT_EQ(value_of("off", 5), "off");
}

class Apply : public testing::Test {
protected:
	std::string applied(const std::string &name)
	{
		auto ran = run_tool(tree, {"apply-policy", name});
		EXPECT_EQ(ran.code, 0) << ran.err;
		return tree.read("sys/class/scsi_lifecycle/" + name + "/teardown_tmo");
	}

	void policy(const std::string &file, const std::string &text)
	{
		tree.write("etc/scsi_lifecycle/policy.d/" + file, text);
	}

	Tree tree{"healthy", "guard", "session", "session-guard"};
};

TEST_F(Apply, without_a_policy_nothing_is_written)
{
	EXPECT_EQ(applied("2:0:0:0"), "default\n");
}

TEST_F(Apply, a_later_file_comes_after_an_earlier)
{
	policy("10-a.conf", "[device]\nteardown_tmo = 10\n");
	policy("20-b.conf", "[device]\ndriver = scsi_debug\nteardown_tmo = 20\n");
	policy("30-c.txt", "nonsense");
	EXPECT_EQ(applied("2:0:0:0").substr(0, 2), "20");
}

TEST_F(Apply, a_device_follows_its_transport)
{
	policy("10-a.conf", "[device]\ntransport = iscsi\nteardown_tmo = auto\n");
	tree.write("sys/class/scsi_lifecycle/7:0:0:2/teardown_tmo", "default\n");
	EXPECT_EQ(applied("7:0:0:2").substr(0, 2), "10");
	EXPECT_EQ(applied("2:0:0:0"), "default\n");
}

// A machine with thousands of LUNs calls it for each of them at once.
TEST_F(Apply, of_one_device_no_other_is_read)
{
	policy("10-a.conf", "[device]\nvendor = Linux\ndriver = scsi_debug\nteardown_tmo = 10\n");
	std::vector<std::string> others;
	for (const char *file : {"number", "state", "blocked", "since", "teardown_tmo"})
		others.push_back(std::string("sys/class/scsi_lifecycle/2:0:0:1/") + file);
	for (const char *file : {"state", "wwid"})
		others.push_back(std::string("sys/bus/scsi/devices/2:0:0:1/") + file);
	Leased leased(tree, others);
	if (!leased.taken)
		GTEST_SKIP() << Leased::refusal;
	EXPECT_EQ(applied("2:0:0:0").substr(0, 2), "10");
}

TEST_F(Apply, finds_the_transport_of_one_device)
{
	const std::string port = "sys/class/fc_remote_ports/rport-9:0-3/";
	tree.plant("sys/bus/scsi/devices/9:0:3:0 -> ../../../devices/pci/host9/rport-9:0-3/"
		   "target9:0:3/9:0:3:0\n"
		   "sys/devices/pci/host9/rport-9:0-3/target9:0:3/9:0:3:0/state = running\n" +
		   port + "port_state = Online\n" + port + "fast_io_fail_tmo = 7\n" + port +
		   "dev_loss_tmo = 40\n"
		   "sys/class/scsi_lifecycle/9:0:3:0/state = running\n"
		   "sys/class/scsi_lifecycle/9:0:3:0/teardown_tmo = default\n");
	const std::string srp = "sys/class/srp_remote_ports/port-8:1/";
	tree.plant(
		"sys/bus/scsi/devices/8:0:0:0 -> ../../../devices/pci/host8/target8:0:0/8:0:0:0\n"
		"sys/devices/pci/host8/target8:0:0/8:0:0:0/state = running\n" +
		srp + "state = running\n" + srp + "fast_io_fail_tmo = 8\n" +
		"sys/class/scsi_lifecycle/8:0:0:0/state = running\n"
		"sys/class/scsi_lifecycle/8:0:0:0/teardown_tmo = default\n");
	policy("10-a.conf", "[device]\ntransport = fc\nteardown_tmo = auto\n"
			    "[device]\ntransport = srp\nteardown_tmo = auto\n");
	EXPECT_EQ(applied("9:0:3:0").substr(0, 2), "12");
	EXPECT_EQ(applied("8:0:0:0").substr(0, 2), "13");
	EXPECT_EQ(applied("2:0:0:0"), "default\n");
}

// What its removal has taken from the bus has a transport still; what is not there has no policy.
TEST_F(Apply, a_device_that_goes_has_its_transport_and_one_that_is_gone_has_nothing)
{
	policy("10-a.conf", "[device]\nteardown_tmo = 9\n[device]\ntransport = iscsi\n"
			    "teardown_tmo = auto\n");
	tree.write("sys/class/scsi_lifecycle/7:0:0:1/teardown_tmo", "default\n");
	EXPECT_EQ(applied("7:0:0:1").substr(0, 2), "10");
	EXPECT_EQ(run_tool(tree, {"apply-policy", "7:0:0:9"}).code, 0);
	EXPECT_EQ(run_tool(tree, {"apply-policy", "99:0:0:0"}).code, 0);
}

TEST_F(Apply, a_policy_that_is_wrong_is_named_and_stops_no_other)
{
	policy("10-a.conf", "[device]\nteardown_tmo = 10\n");
	policy("20-b.conf", "[device]\nteardown_tmo = 20\nnonsense\n");
	auto ran = run_tool(tree, {"apply-policy", "2:0:0:0"});
	EXPECT_EQ(ran.code, 2);
	EXPECT_NE(ran.err.find("20-b.conf, line 3"), ran.err.npos) << ran.err;
	EXPECT_EQ(tree.read("sys/class/scsi_lifecycle/2:0:0:0/teardown_tmo").substr(0, 2), "10");
}

TEST_F(Apply, a_policy_that_cannot_be_read_is_named)
{
	policy("10-a.conf", "[device]\nteardown_tmo = 10\n");
	tree.fifo("etc/scsi_lifecycle/policy.d/20-b.conf");
	policy("30-c.conf/x", "");
	auto ran = run_tool(tree, {"apply-policy", "2:0:0:0"});
	EXPECT_EQ(ran.code, 9);
	for (const char *name : {"20-b.conf", "30-c.conf"})
		EXPECT_NE(ran.err.find(name), ran.err.npos) << ran.err;
	EXPECT_EQ(tree.read("sys/class/scsi_lifecycle/2:0:0:0/teardown_tmo"), "default\n");
	ran = run_tool(tree, {"doctor"});
	EXPECT_NE(ran.out.find("20-b.conf"), ran.out.npos) << ran.out;
}

TEST_F(Apply, a_name_that_is_no_address_is_refused)
{
	EXPECT_EQ(run_tool(tree, {"apply-policy", "sda"}).code, 2);
	EXPECT_EQ(run_tool(tree, {"apply-policy"}).code, 2);
}
