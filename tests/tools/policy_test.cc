// SPDX-License-Identifier: GPL-2.0
#include "model/policy.hpp"

#include <gtest/gtest.h>

#include "base/exit.hpp"
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
		  "x.conf, line 2: teardown_tmo: \"soon\" is none of: seconds, off, default, auto");
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
