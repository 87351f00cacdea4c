// SPDX-License-Identifier: GPL-2.0
// Whether `why` says that the kernel's report of hung tasks does not name the culprit.
#include "diagnosis/why.hpp"

#include <gtest/gtest.h>

#include "print/text.hpp"
#include "tree.hpp"

using namespace scl;

static const std::string seconds = "proc/sys/kernel/hung_task_timeout_secs";

static bool says(const Tree &tree)
{
	auto machine = tree.machine();
	auto text = why_text(diagnose(machine, {}), machine, Paint(false));
	EXPECT_NE(text.find("is being removed"), text.npos) << text;
	return text.find("     hung_task ") != text.npos;
}

TEST(HungTask, names_what_waits_behind_a_flush)
{
	EXPECT_TRUE(says(Tree{"healthy", "session"}));
}

TEST(HungTask, is_not_told_where_nothing_waits_behind)
{
	Tree tree{"healthy", "session"};
	tree.remove("proc/23440");
	EXPECT_FALSE(says(tree));
}

TEST(HungTask, is_not_told_where_the_module_ends_the_wait)
{
	EXPECT_FALSE(says(Tree{"healthy", "guard", "session", "session-guard"}));
}

TEST(HungTask, is_not_told_where_the_kernel_reports_none)
{
	Tree tree{"healthy", "session"};
	tree.write(seconds, "0\n");
	EXPECT_FALSE(says(tree));
	tree.remove(seconds);
	EXPECT_FALSE(says(tree));
}

// It waits for a tag, or to enter the queue, and has not sent its flush.
TEST(HungTask, names_a_removal_that_has_not_sent_its_flush)
{
	Tree tree{"healthy", "session"};
	bool is_changed = false;
	auto before = tree.snapshot();
	for (const auto &[path, text] : before.texts()) {
		auto at = text.find("blk_execute_rq");
		if (!path.ends_with("/stack") || at == text.npos)
			continue;
		auto changed = text;
		tree.write(path, changed.replace(at, 14, "blk_mq_get_tag"));
		is_changed = true;
	}
	ASSERT_TRUE(is_changed);
	EXPECT_FALSE(says(tree));
}

// It waits for a queue as a victim does for a lock, and is named with them.
TEST(HungTask, names_a_removal_that_freezes)
{
	Tree tree{"freeze"};
	tree.write(seconds, "120\n");
	tree.plant("proc/61/task/61/stat = 61 (kworker/u4:2+scsi_wq_2) D 2 0 0 0 -1 0 0 0 0 0 0 0 "
		   "0 0 20 0 1 0 100 0 0\n"
		   "proc/61/task/61/comm = kworker/u4:2+scsi_wq_2\n"
		   "proc/61/task/61/stack = [<0>] scsi_remove_device+0x1a/0x30 [scsi_mod]\n");
	auto machine = tree.machine();
	auto diagnosis = diagnose(machine, {});
	ASSERT_EQ(diagnosis.cases.size(), 1u);
	EXPECT_EQ(diagnosis.cases[0].behind.size(), 1u);
	EXPECT_FALSE(says(tree));
}
