// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/risk.hpp"

#include <gtest/gtest.h>

#include "print/text.hpp"
#include "tool.hpp"

using namespace scl;

class Check : public testing::Test {
protected:
	Risk ask(const Address &address)
	{
		snapshot = tree.snapshot();
		machine = machine_of(snapshot);
		return risk_of(machine, snapshot, Uses(snapshot), *machine.device(address));
	}

	void state(const std::string &text)
	{
		tree.write("sys/devices/platform/host2/target2:0:0/2:0:0:0/state", text + "\n");
	}

	static constexpr Address disk{2, 0, 0, 0}, tape{2, 0, 1, 0};
	static constexpr const char *tape_text =
		"sys/bus/scsi/devices/2:0:1:0 -> "
		"../../../devices/platform/host2/target2:0:1/2:0:1:0\n"
		"sys/devices/platform/host2/target2:0:1/2:0:1:0/state = running\n"
		"sys/devices/platform/host2/target2:0:1/2:0:1:0/scsi_tape/st0/dev = 9:0\n";
	Tree tree{"healthy"};
	Snapshot snapshot;
	Machine machine;
};

TEST_F(Check, a_running_disk_is_fine)
{
	auto risk = ask(disk);
	EXPECT_EQ(risk.verdict, Exit::done);
	EXPECT_TRUE(risk.users.empty());
}

TEST_F(Check, an_offline_disk_with_a_stopped_queue_would_hang)
{
	state("offline");
	tree.plant("sys/kernel/debug/block/sda/state = SAME_COMP|QUIESCED|\n");
	auto risk = ask(disk);
	EXPECT_EQ(risk.verdict, Exit::found);
	EXPECT_EQ(risk.reasons[0], "offline, but its queue is stopped: its removal would hang");
}

TEST_F(Check, another_lun_whose_queue_is_stopped_may_hold_it_up_whatever_its_state)
{
	tree.write("sys/devices/platform/host2/target2:0:0/2:0:0:1/state", "offline\n");
	EXPECT_EQ(ask(disk).verdict, Exit::done);
	tree.plant("sys/kernel/debug/block/sdb/state = SAME_COMP|QUIESCED|\n");
	auto risk = ask(disk);
	EXPECT_EQ(risk.verdict, Exit::found);
	EXPECT_NE(risk.reasons[0].find("2:0:0:1 (sdb), another LUN of its host"), std::string::npos)
		<< risk.reasons[0];
}

TEST_F(Check, users_that_could_not_be_seen_are_told)
{
	tree.plant("proc/self/ns/pid -> pid:[4026532999]\n");
	auto ran = run_tool(tree, {"check", "sda"});
	EXPECT_NE(ran.err.find("outside of this PID namespace"), ran.err.npos) << ran.err;
}

TEST_F(Check, with_the_module_it_would_wait_and_lose_the_flush)
{
	state("offline");
	tree.remove("sys/kernel/debug");
	tree.plant(source_text("trees/guard"));
	tree.write("sys/class/scsi_lifecycle/2:0:0:0/blocked", "yes\n");
	auto risk = ask(disk);
	EXPECT_EQ(risk.verdict, Exit::found);
	EXPECT_EQ(risk.reasons[0], "offline, but its queue is stopped: its removal would wait "
				   "teardown_tmo, and then lose the flush");
}

TEST_F(Check, a_disk_that_sysfs_calls_blocked_would_lose_its_flush_in_silence)
{
	state("blocked");
	EXPECT_EQ(ask(disk).verdict, Exit::found);
	EXPECT_NE(machine.devices.size(), 0u);
}

TEST_F(Check, a_disk_whose_queue_is_not_seen_cannot_be_told)
{
	tree.remove("sys/kernel/debug/block");
	EXPECT_EQ(ask(disk).verdict, Exit::cannot_tell);
	state("offline");
	EXPECT_EQ(ask(disk).verdict, Exit::cannot_tell);
}

TEST_F(Check, a_module_that_does_not_say_whether_it_is_blocked_tells_nothing)
{
	tree.remove("sys/kernel/debug");
	tree.plant(source_text("trees/guard"));
	EXPECT_EQ(ask(disk).verdict, Exit::done);
	tree.remove("sys/class/scsi_lifecycle/2:0:0:0/blocked");
	EXPECT_EQ(ask(disk).verdict, Exit::cannot_tell);
}

// A tape has no directory in debugfs.
TEST_F(Check, a_tape_cannot_be_told_without_the_module)
{
	tree.plant(tape_text);
	auto risk = ask(tape);
	EXPECT_EQ(risk.verdict, Exit::cannot_tell);
	EXPECT_EQ(risk.reasons[0], "running; whether its queue is stopped is not seen: of a device "
				   "without a disk only the module shows it");
}

TEST_F(Check, a_tape_has_nothing_to_flush)
{
	tree.plant(tape_text);
	tree.plant(source_text("trees/guard"));
	tree.plant("sys/class/scsi_lifecycle/2:0:1:0/state = running\n"
		   "sys/class/scsi_lifecycle/2:0:1:0/blocked = no\n");
	auto risk = ask(tape);
	EXPECT_EQ(risk.verdict, Exit::done);
	EXPECT_EQ(risk.reasons[0], "it has no disk: its removal would flush nothing, and end");
}

// sr sends none.
TEST_F(Check, a_cdrom_has_nothing_to_flush)
{
	tree.plant("sys/bus/scsi/devices/2:0:1:0 -> "
		   "../../../devices/platform/host2/target2:0:1/2:0:1:0\n"
		   "sys/devices/platform/host2/target2:0:1/2:0:1:0/state = running\n"
		   "sys/devices/platform/host2/target2:0:1/2:0:1:0/block/sr0/dev = 11:0\n"
		   "sys/kernel/debug/block/sr0/state = SAME_COMP\n");
	EXPECT_EQ(ask(tape).reasons[0], "it has no disk: its removal would flush nothing, and end");
}

TEST_F(Check, an_offline_disk_whose_queue_runs_fails_its_flush)
{
	state("offline");
	tree.plant("sys/kernel/debug/block/sda/state = SAME_COMP\n");
	auto risk = ask(disk);
	EXPECT_EQ(risk.verdict, Exit::found);
	EXPECT_EQ(risk.reasons[0], "offline: its flush would fail");
}

TEST_F(Check, a_blocked_neighbour_is_a_risk)
{
	tree.write("sys/devices/platform/host2/target2:0:0/2:0:0:1/state", "blocked\n");
	auto risk = ask(disk);
	EXPECT_EQ(risk.verdict, Exit::found);
	EXPECT_NE(risk.reasons[0].find("2:0:0:1 (sdb)"), std::string::npos);
}

TEST_F(Check, with_the_module_a_removal_does_not_wait_for_a_blocked_neighbour)
{
	tree.plant(source_text("trees/guard"));
	tree.write("sys/class/scsi_lifecycle/2:0:0:1/blocked", "yes\n");
	EXPECT_EQ(ask(disk).verdict, Exit::done);
}

TEST_F(Check, a_host_in_error_handling_is_a_risk)
{
	tree.write("sys/devices/platform/host2/scsi_host/host2/state", "recovery\n");
	EXPECT_EQ(ask(disk).verdict, Exit::found);
}

TEST_F(Check, what_is_being_removed_already_is_said)
{
	tree.plant(source_text("trees/session"));
	EXPECT_EQ(ask({7, 0, 0, 1}).reasons,
		  (std::vector<std::string>{"is being removed already: see scsi-lifecycle why"}));
}

TEST_F(Check, what_has_the_disk_open_is_named)
{
	tree.plant("proc/self/mountinfo :\n"
		   "\t30 25 8:1 / /srv\\040data rw shared:1 - ext4 /dev/sda1 rw\n"
		   "proc/swaps :\n\t/dev/sda partition 1 0 -2\n"
		   "proc/812/fd/3 -> /dev/sda\nproc/812/comm = iscsid\n"
		   "sys/class/block/dm-1/dev = 254:1\nsys/class/block/dm-1/dm/name = mpathb\n"
		   "sys/class/block/dm-1/slaves/sda1/\n"
		   "sys/devices/platform/host2/target2:0:0/2:0:0:0/block/sda/holders/md0/\n");
	EXPECT_EQ(ask(disk).users,
		  (std::vector<std::string>{"dm-1 (mpathb) stands on it", "md0 holds sda",
					    "sda1 is mounted on /srv\\040data", "sda is swap",
					    "sda is open in iscsid (812)"}));
}

TEST_F(Check, a_device_that_is_not_there_is_2)
{
	for (const char *name : {"sdz", "host9", "9:0:0:0"})
		EXPECT_EQ(run_tool(tree, {"check", name}).code, 2) << name;
	EXPECT_EQ(run_tool(tree, {"check", "--host", "9"}).code, 2);
	EXPECT_EQ(run_tool(tree, {"check", "sda"}).code, 0);
}

TEST_F(Check, the_text_has_verdict_reason_and_users)
{
	state("blocked");
	tree.plant("proc/812/fd/3 -> /dev/sda\nproc/812/comm = iscsid\n");
	std::vector<Risk> risks = {ask(disk)};
	expect_golden("check-blocked", check_text(risks, Paint(false)));
}
