// SPDX-License-Identifier: GPL-2.0
// Files that the command writes as root, where others may have put links.
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tool.hpp"

namespace fs = std::filesystem;

class Written : public testing::Test {
protected:
	Ran write_metrics() { return run_tool(tree, {"metrics", "--textfile", file}); }

	mode_t mode() const
	{
		struct stat status = {};
		stat(file.c_str(), &status);
		return status.st_mode & 07777;
	}

	Tree tree{"healthy", "guard"};
	std::string file = tree.root() + "/out/x.prom";
};

TEST_F(Written, a_link_with_the_temporary_name_is_not_followed)
{
	tree.write("victim", "precious\n");
	fs::create_directories(tree.root() + "/out");
	fs::create_symlink("../victim", file + ".new");
	EXPECT_EQ(write_metrics().code, 0);
	EXPECT_EQ(tree.read("victim"), "precious\n");
	EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(file)));
	EXPECT_NE(tree.read("out/x.prom").find("scsi_lifecycle_loaded"), std::string::npos);
}

TEST_F(Written, a_file_keeps_its_mode_and_owner)
{
	tree.write("out/x.prom", "old\n");
	ASSERT_EQ(chmod(file.c_str(), 0640), 0);
	bool given = chown(file.c_str(), 7, 8) == 0;
	EXPECT_EQ(write_metrics().code, 0);
	EXPECT_NE(tree.read("out/x.prom"), "old\n");
	EXPECT_EQ(mode(), 0640u);
	struct stat status = {};
	ASSERT_EQ(stat(file.c_str(), &status), 0);
	if (given) {
		EXPECT_EQ(status.st_uid, 7u);
		EXPECT_EQ(status.st_gid, 8u);
	}
}

TEST_F(Written, a_new_file_is_read_by_others)
{
	EXPECT_EQ(write_metrics().code, 0);
	EXPECT_EQ(mode() & 0600u, 0600u);
	EXPECT_EQ(mode() & 0133u, 0u);
}

TEST_F(Written, a_link_is_refused_and_named)
{
	tree.write("out/target", "precious\n");
	fs::create_symlink("target", file);
	auto ran = write_metrics();
	EXPECT_EQ(ran.code, 2);
	EXPECT_NE(ran.err.find(file), ran.err.npos) << ran.err;
	EXPECT_TRUE(fs::is_symlink(file));
	EXPECT_EQ(tree.read("out/target"), "precious\n");
}

TEST_F(Written, nothing_is_left_beside_it)
{
	EXPECT_EQ(write_metrics().code, 0);
	auto files = fs::directory_iterator(tree.root() + "/out");
	EXPECT_EQ(std::distance(fs::begin(files), fs::end(files)), 1);
}
