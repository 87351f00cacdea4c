// SPDX-License-Identifier: GPL-2.0
// `set --persist` and the files of an administrator.
#include <filesystem>
#include <gtest/gtest.h>

#include "tool.hpp"

namespace fs = std::filesystem;

static const std::string modprobe = "etc/modprobe.d/scsi_lifecycle.conf";
static const std::string policies = "etc/scsi_lifecycle/policy.d/";
static const std::string policy = policies + "90-naa.3333333000007d00.conf";

class Persist : public testing::Test {
protected:
	Ran persist(std::vector<std::string> words)
	{
		words.insert(words.begin(), {"set", "--persist", "teardown_tmo=12"});
		return run_tool(tree, words);
	}

	// The file of modprobe.d, once the option is in it.
	std::string changed(const std::string &before)
	{
		tree.write(modprobe, before);
		EXPECT_EQ(persist({}).code, 0);
		return tree.read(modprobe);
	}

	// An error that names the file, and nothing has been changed.
	void expect_refused(const std::vector<std::string> &words, const std::string &file)
	{
		auto ran = persist(words);
		EXPECT_NE(ran.code, 0);
		EXPECT_NE(ran.err.find(file), ran.err.npos) << ran.err;
		EXPECT_EQ(tree.read("sys/module/scsi_lifecycle/parameters/teardown_tmo"), "5\n");
		EXPECT_EQ(tree.read("sys/class/scsi_lifecycle/2:0:0:0/teardown_tmo"), "default\n");
	}

	void wwid(const std::string &target, const std::string &wwid)
	{
		tree.write("sys/devices/platform/host2/target2:0:0/" + target + "/wwid",
			   wwid + "\n");
	}

	Tree tree{"healthy", "guard"};
};

TEST_F(Persist, a_continued_line_stays_continued)
{
	EXPECT_EQ(changed("options scsi_lifecycle \\\n\thold_max=30 \\\n\tflush_tmo=9\n"),
		  "options scsi_lifecycle \\\n\thold_max=30 \\\n\tflush_tmo=9\n"
		  "options scsi_lifecycle teardown_tmo=12\n");
	EXPECT_EQ(changed("options scsi_lifecycle \\\n\tteardown_tmo=3 \\\n\tflush_tmo=9\n"),
		  "options scsi_lifecycle \\\n\tteardown_tmo=12 \\\n\tflush_tmo=9\n");
	EXPECT_EQ(changed("options scsi_lifecycle tear\\\ndown_tmo=3  hold_max=30\n"),
		  "options scsi_lifecycle teardown_tmo=12  hold_max=30\n");
}

TEST_F(Persist, a_comment_that_is_continued_is_no_option)
{
	EXPECT_EQ(changed("# mine \\\noptions scsi_lifecycle teardown_tmo=3\n"),
		  "# mine \\\noptions scsi_lifecycle teardown_tmo=3\n"
		  "options scsi_lifecycle teardown_tmo=12\n");
}

TEST_F(Persist, a_new_line_continues_no_other)
{
	EXPECT_EQ(changed("install x /bin/true \\"),
		  "install x /bin/true \\\n\noptions scsi_lifecycle teardown_tmo=12\n");
	EXPECT_EQ(changed("# no newline"),
		  "# no newline\noptions scsi_lifecycle teardown_tmo=12\n");
}

TEST_F(Persist, other_options_and_their_spaces_stay)
{
	EXPECT_EQ(changed("options  scsi-lifecycle\tteardown_tmo=3   hold_max=30\nalias a b\n"),
		  "options  scsi-lifecycle\tteardown_tmo=12   hold_max=30\nalias a b\n");
	EXPECT_EQ(changed("options other teardown_tmo=3\n"),
		  "options other teardown_tmo=3\noptions scsi_lifecycle teardown_tmo=12\n");
}

TEST_F(Persist, its_own_policy_is_replaced)
{
	EXPECT_EQ(persist({"sda"}).code, 0);
	EXPECT_EQ(run_tool(tree, {"set", "--persist", "teardown_tmo=13", "sda"}).code, 0);
	EXPECT_NE(tree.read(policy).find("teardown_tmo = 13"), std::string::npos);
}

TEST_F(Persist, an_administrators_policy_is_left)
{
	const std::string mine = "# mine\n[device]\nteardown_tmo = 1\n";
	tree.write(policy, mine);
	expect_refused({"sda"}, policy);
	EXPECT_EQ(tree.read(policy), mine);
}

TEST_F(Persist, a_file_that_cannot_be_read_is_left)
{
	fs::create_directories(tree.root() + "/" + policy);
	expect_refused({"sda"}, policy);
	fs::create_directories(tree.root() + "/" + modprobe);
	expect_refused({}, modprobe);
}

TEST_F(Persist, a_link_is_refused)
{
	tree.write("etc/mine", "# mine\n");
	fs::create_directories(tree.root() + "/etc/modprobe.d");
	fs::create_symlink("../mine", tree.root() + "/" + modprobe);
	expect_refused({}, modprobe);
	EXPECT_TRUE(fs::is_symlink(tree.root() + "/" + modprobe));
}

TEST_F(Persist, each_wwid_has_its_file)
{
	wwid("2:0:0:0", "t10.A B");
	wwid("2:0:0:1", "t10.A_B");
	EXPECT_EQ(persist({"sda", "sdb"}).code, 0);
	EXPECT_NE(tree.read(policies + "90-t10.A_20B.conf").find("t10.A B"), std::string::npos);
	EXPECT_NE(tree.read(policies + "90-t10.A_5fB.conf").find("t10.A_B"), std::string::npos);
}
