// SPDX-License-Identifier: GPL-2.0
// A device leaves sysfs before its removal has ended: the queue is destroyed after that.
#include "verbs/ending.hpp"

#include <gtest/gtest.h>
#include <thread>

#include "changing.hpp"
#include "leased.hpp"
#include "tool.hpp"

using namespace scl;

static const std::string directory = "sys/devices/platform/host2/target2:0:0/2:0:0:0",
			 thread = "proc/60/task/60/", listed = "sys/class/scsi_lifecycle/2:0:0:0";

// A process has `delete` open; the device is in sysfs when the verb begins.
class LeavesSysfs : public testing::Test {
protected:
	LeavesSysfs()
	{
		tree.plant("sys/bus/scsi/devices/2:0:0:0 -> ../../../devices/platform/host2/"
			   "target2:0:0/2:0:0:0\n" +
			   directory + "/state = running\n");
	}

	Exit code(bool deletes = false)
	{
		Context context;
		context.root = Root(tree.root());
		context.quiet = true;
		context.timeout = 1;
		context.wanted.names = {"2:0:0:0"};
		auto sight = see(context, {Area::module, Area::hosts, Area::devices, Area::guarded,
					   Area::maps});
		auto removals = removals_of(context.root, sight.snapshot, sight.devices());
		EXPECT_EQ(removals.size(), 1u);
		tree.remove("sys/bus/scsi/devices/2:0:0:0");
		tree.remove(directory);
		// The write finds no file: something else removes the device.
		if (deletes)
			removals.front().begin(context.deadline());
		return tell_endings(context, sight, removals, false);
	}

	void load()
	{
		tree.plant("sys/module/scsi_lifecycle/initstate = live\n"
			   "sys/class/scsi_lifecycle/counters = removals 1\n");
	}

	Tree tree{"freeze"};
};

TEST_F(LeavesSysfs, and_is_there_as_long_as_its_delete_is_written)
{
	EXPECT_EQ(code(), Exit::timed_out);
}

TEST_F(LeavesSysfs, and_is_there_for_a_delete_that_comes_later_too)
{
	EXPECT_EQ(code(true), Exit::timed_out);
}

TEST_F(LeavesSysfs, and_is_gone_where_no_thread_is_in_a_removal)
{
	tree.remove("proc/60");
	EXPECT_EQ(code(), Exit::flush_unknown);
}

TEST_F(LeavesSysfs, and_may_be_what_a_thread_of_the_kernel_removes)
{
	tree.remove("proc/60/fd");
	tree.write(thread + "comm", "kworker/u4:2+scsi_wq_2\n");
	EXPECT_EQ(code(), Exit::cannot_tell);
}

TEST_F(LeavesSysfs, and_is_no_device_of_another_host_that_a_thread_removes)
{
	tree.remove("proc/60/fd");
	tree.write(thread + "comm", "kworker/u4:2+scsi_wq_7\n");
	EXPECT_EQ(code(), Exit::flush_unknown);
}

TEST_F(LeavesSysfs, and_is_there_as_long_as_the_module_lists_it)
{
	load();
	tree.plant(listed + "/state = del\n");
	EXPECT_EQ(code(), Exit::timed_out);
}

TEST_F(LeavesSysfs, and_is_gone_where_the_module_does_not_list_it)
{
	load();
	EXPECT_EQ(code(), Exit::flush_unknown);
}

TEST_F(LeavesSysfs, and_is_gone_where_the_module_lists_another_at_its_address)
{
	load();
	tree.remove("proc/60");
	tree.plant(listed + "/state = running\n" + listed + "/number = 4\n");
	auto before = tree.machine();
	Removal removal(tree.root(), tree.snapshot(), *before.device({2, 0, 0, 0}));
	tree.remove(directory);
	removal.look();
	ASSERT_TRUE(removal.has_left_sysfs());
	tree.write(listed + "/number", "5\n");
	auto after = tree.machine();
	removal.go_on(*after.device({2, 0, 0, 0}));
	EXPECT_TRUE(removal.ended());
}

// The reader opens a device's file when it ends.
class EndsBetweenTheReadings : public testing::Test {
protected:
	Ran wait(const std::string &name, const std::function<void()> &change)
	{
		Changing changing(tree, "sys/bus/scsi/devices/2:0:0:1/wwid", change);
		if (!changing.taken) {
			[] { GTEST_SKIP() << Leased::refusal; }();
			return {};
		}
		return run_tool(tree, {"wait", "--need-outcome", "--timeout", "5", name});
	}

	void list(const std::string &line)
	{
		auto file = "sys/class/scsi_lifecycle/removed";
		tree.write(file, tree.read(file) + line + "\n");
	}

	Tree tree{"healthy", "guard"};
};

TEST_F(EndsBetweenTheReadings, and_its_flush_is_told)
{
	for (const char *name : {"9:0:0:1", "sdx"}) {
		auto ran = wait(name, [this] {
			list("number=44 device=9:0:0:1 disk=sdx wwid=- took_ms=7 flush=killed "
			     "ago_ms=1");
		});
		if (IsSkipped())
			return;
		EXPECT_EQ(ran.code, 4) << name << ran.err;
	}
}

// The module's directory of the device went before it was read, and its number with it.
TEST_F(EndsBetweenTheReadings, and_is_known_by_its_address)
{
	auto ran = wait("2:0:0:0", [this] {
		std::this_thread::sleep_for(std::chrono::milliseconds(250));
		tree.remove("sys/bus/scsi/devices/2:0:0:0");
		tree.remove(directory);
		tree.remove(listed);
		list("number=1 device=2:0:0:0 disk=sda wwid=- took_ms=7 flush=completed "
		     "ago_ms=240");
	});
	if (IsSkipped())
		return;
	EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
}
