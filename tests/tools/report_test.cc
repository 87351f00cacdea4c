// SPDX-License-Identifier: GPL-2.0
// What `report` gives to a terminal, and to a file.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "base/text.hpp"
#include "tool.hpp"

namespace fs = std::filesystem;

class ReportGiven : public testing::Test {
protected:
	Tree tree{"healthy"};
};

TEST_F(ReportGiven, a_terminal_obeys_nothing_of_it)
{
	tree.write("sys/devices/platform/host2/target2:0:0/2:0:0:0/vendor", "a\x1b]0;b\x07\x9b\n");
	auto ran = run_tool(tree, {"report"});
	EXPECT_EQ(ran.code, 0);
	EXPECT_EQ(ran.out.find_first_of("\x1b\x07\x9b"), ran.out.npos);
	EXPECT_NE(ran.out.find("\ta\\x1b]0;b\\x07\\x9b\n"), ran.out.npos);
}

TEST_F(ReportGiven, an_archive_is_for_its_owner_alone)
{
	for (const char *name : {"a.tar.gz", "host:a.tar.gz", "-a.tar.gz"}) {
		auto file = tree.root() + "/" + name;
		auto ran = run_tool(tree, {"report", "-o", file});
		EXPECT_EQ(ran.code, 0) << ran.err;
		EXPECT_EQ(tree.read(name).substr(0, 2), "\x1f\x8b") << name;
		EXPECT_EQ(fs::status(file).permissions(), fs::perms(0600)) << name;
	}
}

TEST_F(ReportGiven, an_archive_belongs_to_its_writer_also_where_another_user_made_the_file)
{
	tree.write("a.tar.gz", "");
	auto file = tree.root() + "/a.tar.gz";
	if (chown(file.c_str(), 65534, 65534) != 0)
		GTEST_SKIP() << "not root";
	EXPECT_EQ(run_tool(tree, {"report", "-o", file}).code, 0);
	struct stat status;
	ASSERT_EQ(stat(file.c_str(), &status), 0);
	EXPECT_EQ(status.st_uid, geteuid());
	EXPECT_EQ(status.st_gid, getegid());
}

TEST_F(ReportGiven, an_archive_follows_no_link)
{
	tree.write("victim", "precious\n");
	fs::create_symlink("victim", tree.root() + "/a.tar.gz");
	EXPECT_EQ(run_tool(tree, {"report", "-o", tree.root() + "/a.tar.gz"}).code, 2);
	EXPECT_EQ(tree.read("victim"), "precious\n");
}

class ReportCutOff : public testing::Test {
protected:
	// In the place of tar: says its number, and does this.
	void plant_tar(const std::string &act)
	{
		tree.write("bin/tar", "#!/bin/sh\necho $$ >" + tree.root() + "/pid\n" + act + "\n");
		fs::permissions(tree.root() + "/bin/tar", fs::perms(0755));
		fs::create_directories(tree.root() + "/tmp");
	}

	pid_t start() const
	{
		auto root = tree.root(), path = root + "/bin:" + std::getenv("PATH");
		auto pid = fork();
		if (pid == 0) {
			setenv("PATH", path.c_str(), 1);
			setenv("TMPDIR", (root + "/tmp").c_str(), 1);
			execl(TOOL, TOOL, "--root", root.c_str(), "--quiet", "report", "-o",
			      (root + "/out/a.tar.gz").c_str(), nullptr);
			_exit(127);
		}
		return pid;
	}

	int status_of(pid_t pid) const
	{
		int status = -1;
		EXPECT_EQ(waitpid(pid, &status, 0), pid);
		return status;
	}

	bool is_clean() const
	{
		return fs::is_empty(tree.root() + "/tmp") &&
		       (!fs::exists(tree.root() + "/out") || fs::is_empty(tree.root() + "/out"));
	}

	Tree tree{"healthy"};
};

TEST_F(ReportCutOff, nothing_is_left_where_tar_fails)
{
	plant_tar("exit 2");
	EXPECT_EQ(WEXITSTATUS(status_of(start())), 9);
	EXPECT_TRUE(is_clean());
}

TEST_F(ReportCutOff, neither_tar_nor_its_files_are_left_where_a_signal_ends_it)
{
	plant_tar("exec sleep 1000");
	// An orphan is this process's to wait for.
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	auto pid = start();
	auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
	while (!tree.read("pid").ends_with('\n') && std::chrono::steady_clock::now() < end)
		std::this_thread::sleep_for(std::chrono::milliseconds(1));
	auto tar = scl::to_number<int>(scl::trim(tree.read("pid")));
	ASSERT_TRUE(tar);
	kill(pid, SIGTERM);
	auto status = status_of(pid);
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) << status;
	EXPECT_TRUE(is_clean());
	EXPECT_TRUE(WIFSIGNALED(status_of(*tar)));
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}
