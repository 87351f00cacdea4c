// SPDX-License-Identifier: GPL-2.0
// A machine of which something cannot be read.
#pragma once

#include <gtest/gtest.h>

#include "tool.hpp"

using Words = std::vector<std::string>;

inline const std::string bus = "sys/bus/scsi/devices/", class_dir = "sys/class/scsi_lifecycle/",
			 session = "sys/class/iscsi_session/session3/";

class Unread : public testing::Test {
protected:
	// An iSCSI session that is well, and its disk, beside two others.
	Unread()
	{
		tree.remove("sys/devices/platform/host7/session3/target7:0:0/7:0:0:1");
		tree.remove("proc/23117");
		tree.remove("proc/23440");
		tree.write(session + "state", "LOGGED_IN\n");
		tree.write(bus + "7:0:0:2/state", "running\n");
		tree.write("sys/kernel/debug/block/sdd/state", "SAME_COMP\n");
	}

	void load()
	{
		tree.plant(source_text("trees/guard"));
		tree.plant(source_text("trees/session-guard"));
		tree.remove(class_dir + "7:0:0:1");
		tree.write(class_dir + "7:0:0:2/blocked", "no\n");
		tree.write(class_dir + "7:0:0:2/teardown_tmo", "default\n");
	}

	// The file of a link is there, and is no link.
	void hide_place(const std::string &address)
	{
		tree.remove(bus + address);
		tree.write(bus + address + "/state", "running\n");
		tree.write(bus + address + "/block/sdd/dev", "8:48\n");
	}

	std::string teardown_tmo() { return tree.read(class_dir + "7:0:0:2/teardown_tmo"); }

	// That the verb is 0, and is 9 and names the path where that cannot be read.
	Ran expect_blind(const Words &words, const std::string &path)
	{
		EXPECT_EQ(run_tool(tree, words).code, 0) << words[0];
		tree.make_unreadable(path);
		return expect_named(words, path);
	}

	Ran expect_named(const Words &words, const std::string &path)
	{
		auto ran = run_tool(tree, words);
		EXPECT_EQ(ran.code, 9) << words[0] << "\n" << ran.out << ran.err;
		EXPECT_NE((ran.out + ran.err).find("/" + path), std::string::npos)
			<< ran.out << ran.err;
		return ran;
	}

	Tree tree{"healthy", "session"};
};
