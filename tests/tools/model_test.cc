// SPDX-License-Identifier: GPL-2.0
#include "model/machine.hpp"

#include <cerrno>
#include <gtest/gtest.h>

#include "tree.hpp"

using namespace scl;

TEST(Machine, a_device_without_its_link_on_the_bus_is_half_removed)
{
	auto machine = Tree({"session"}).machine();
	ASSERT_EQ(machine.devices.size(), 2u);
	EXPECT_TRUE(machine.devices[0].half_removed);
	EXPECT_EQ(to_text(machine.devices[0].address), "7:0:0:1");
	EXPECT_FALSE(machine.devices[1].half_removed);
}

TEST(Machine, a_transport_is_found_by_the_place_of_the_device)
{
	Tree tree({"session"});
	tree.plant("sys/class/fc_remote_ports/rport-2:0-3/port_state = Blocked\n"
		   "sys/class/fc_remote_ports/rport-2:0-3/fast_io_fail_tmo = off\n"
		   "sys/class/fc_remote_ports/rport-2:0-3/dev_loss_tmo = 60\n"
		   "sys/class/srp_remote_ports/port-9:1/state = running\n");
	auto snapshot = tree.snapshot();
	auto iscsi = transport_of(snapshot, "../host7/session3/target7:0:0/7:0:0:1");
	EXPECT_EQ(iscsi.kind, "iscsi");
	EXPECT_EQ(iscsi.name, "session3");
	EXPECT_TRUE(iscsi.lost);
	EXPECT_EQ(iscsi.timer_seconds, 5u);
	auto fc = transport_of(snapshot, "../host2/rport-2:0-3/target2:0:3/2:0:3:0");
	EXPECT_EQ(fc.kind, "fc");
	EXPECT_TRUE(fc.lost);
	EXPECT_EQ(fc.timer, "dev_loss_tmo");
	snapshot.put_text("sys/class/fc_remote_ports/rport-2:0-3/port_state", "Marginal");
	EXPECT_FALSE(transport_of(snapshot, "../host2/rport-2:0-3/target2:0:3/2:0:3:0").lost);
	auto srp = transport_of(snapshot, "../host9/target9:0:0/9:0:0:0");
	EXPECT_EQ(srp.kind, "srp");
	EXPECT_FALSE(srp.lost);
	EXPECT_FALSE(transport_of(snapshot, "../host5/target5:0:0/5:0:0:0").kind);
}

// fc_remote_port_delete() and __srp_start_tl_fail_timers() start both.
TEST(Machine, the_least_of_a_ports_timers_gives_its_path_up)
{
	Tree tree({"session"});
	std::string port = "sys/class/fc_remote_ports/rport-2:0-3/";
	for (auto [fast_io_fail, dev_loss, timer, least] :
	     {std::tuple{"11", "7", "dev_loss_tmo", 7u},
	      {"5", "60", "fast_io_fail_tmo", 5u},
	      {"off", "60", "dev_loss_tmo", 60u},
	      {"11", "4294967295", "fast_io_fail_tmo", 11u}}) {
		tree.plant(port + "port_state = Blocked\n" + port + "fast_io_fail_tmo = " +
			   fast_io_fail + "\n" + port + "dev_loss_tmo = " + dev_loss + "\n");
		auto fc = transport_of(tree.snapshot(), "../host2/rport-2:0-3/target2:0:3/2:0:3:0");
		EXPECT_EQ(fc.timer, timer);
		EXPECT_EQ(fc.timer_seconds, least);
	}
}

TEST(Machine, the_class_is_preferred_to_debugfs)
{
	Tree tree({"healthy", "guard", "session", "session-guard"});
	tree.plant(
		"sys/kernel/debug/scsi_lifecycle/devices :\n\t7:0:0:1 state=running blocked=no\n");
	auto machine = tree.machine();
	auto *device = machine.device({7, 0, 0, 1});
	ASSERT_TRUE(device && device->guarded);
	EXPECT_EQ(device->guarded->state, "cancel");
	EXPECT_EQ(device->guarded->number, 41u);
	EXPECT_EQ(device->guarded->deadline, 3280u);
	EXPECT_EQ(machine.module.counters.size(), 8u);
}

TEST(Machine, a_device_that_came_after_the_list_was_read_is_not_being_removed)
{
	Tree tree({"healthy", "guard"});
	tree.plant("sys/class/scsi_lifecycle/9:0:0:5/state = running\n"
		   "sys/class/scsi_lifecycle/9:0:0:6/state = cancel\n");
	auto machine = tree.machine();
	EXPECT_FALSE(machine.device({9, 0, 0, 5}));
	EXPECT_TRUE(machine.device({9, 0, 0, 6}));
}

TEST(Machine, without_the_class_debugfs_is_read)
{
	auto machine = Tree({"old-module"}).machine();
	EXPECT_TRUE(machine.module.lists_devices);
	auto *device = machine.device({3, 0, 0, 0});
	ASSERT_TRUE(device && device->guarded);
	EXPECT_EQ(device->guarded->waits_for, "lld");
	EXPECT_FALSE(device->guarded->deadline);
	EXPECT_EQ(device->driver, "virtio_scsi");
}

TEST(Machine, without_both_it_says_so)
{
	Tree tree;
	tree.plant("sys/module/scsi_lifecycle/initstate = live\nsys/bus/scsi/devices/\n");
	auto machine = tree.machine();
	EXPECT_FALSE(machine.module.lists_devices);
	ASSERT_EQ(machine.unseen.size(), 1u);
	EXPECT_NE(machine.unseen[0].find("neither sysfs nor debugfs"), std::string::npos);
}

TEST(Machine, a_file_named_delete_that_is_not_the_device_s_is_none)
{
	Tree tree{"healthy"};
	auto deletes = [&](const std::string &file) {
		auto snapshot = tree.snapshot();
		snapshot.put_text("proc/5/task/5/stat", "5 (sh) D 1");
		snapshot.put_link("proc/5/fd/1", file);
		return machine_of(snapshot).tasks.at(0).deletes.has_value();
	};
	EXPECT_TRUE(deletes("/sys/devices/platform/host2/target2:0:0/2:0:0:0/delete"));
	EXPECT_TRUE(deletes("/sys/devices/platform/host9/target9:0:0/9:0:0:0/delete (deleted)"));
	EXPECT_FALSE(deletes("/tmp/sys/devices/platform/host2/target2:0:0/2:0:0:0/delete"));
	EXPECT_FALSE(deletes("/tmp/9:0:0:0/delete"));
	EXPECT_FALSE(deletes("/sys/devices/platform/other/target2:0:0/2:0:0:0/delete"));
}

TEST(Machine, what_the_reader_may_not_read_is_said)
{
	Snapshot snapshot;
	snapshot.put_list("sys/bus/scsi/devices", {});
	snapshot.put_error("sys/kernel/debug", EACCES);
	snapshot.put_text("proc/5/task/5/stat", "5 (sh) D 1");
	snapshot.put_error("proc/5/task/5/stack", EACCES);
	auto machine = machine_of(snapshot);
	ASSERT_EQ(machine.unseen.size(), 2u);
	EXPECT_EQ(machine.unseen[0], "the stacks of 1 waiting thread: not permitted");
	EXPECT_EQ(machine.unseen[1], "/sys/kernel/debug: not permitted");
}

TEST(Machine, a_line_that_is_not_understood_is_said)
{
	Tree tree({"old-module"});
	tree.plant("sys/kernel/debug/scsi_lifecycle/devices :\n\tnonsense\n");
	auto machine = tree.machine();
	ASSERT_EQ(machine.unseen.size(), 1u);
	EXPECT_EQ(machine.unseen[0], "devices: not understood: \"nonsense\"");
	EXPECT_EQ(machine.devices.size(), 4u);
}

TEST(Machine, what_stands_on_a_disk_is_found_over_several_maps)
{
	Tree tree({"session"});
	tree.plant("sys/class/block/dm-5/dev = 254:5\nsys/class/block/dm-5/dm/name = lv\n"
		   "sys/class/block/dm-5/slaves/dm-4/\nsys/class/block/dm-4/slaves/dm-5/\n");
	auto machine = tree.machine();
	auto maps = machine.above("sdd");
	ASSERT_EQ(maps.size(), 2u);
	EXPECT_EQ(maps[0]->name, "mpatha");
	EXPECT_EQ(maps[1]->name, "lv");
}

TEST(Machine, an_unload_that_has_begun_is_seen)
{
	EXPECT_EQ(Tree({"unload"}).machine().unloading, (std::vector<std::string>{"scsi_debug"}));
}

TEST(Machine, the_age_of_a_process_is_the_most_that_it_can_have_waited)
{
	auto machine = Tree({"session"}).machine();
	ASSERT_EQ(machine.tasks.size(), 2u);
	EXPECT_EQ(machine.tasks[0].age, 41000u);
	EXPECT_EQ(machine.tasks[0].deletes, (Address{7, 0, 0, 1}));
	EXPECT_EQ(machine.tasks[1].host, 7u);
}

// The module's files of a device say ENODEV from the end of its removal until its node goes.
class SaysEnodev : public testing::Test {
protected:
	const Device *seen() { return (machine = machine_of(snapshot())).device({2, 0, 0, 0}); }

	Snapshot snapshot() const
	{
		const std::string state = "sys/class/scsi_lifecycle/2:0:0:0/state";
		auto snapshot = tree.snapshot();
		snapshot.drop_text(state);
		snapshot.put_error(state, ENODEV);
		return snapshot;
	}

	Tree tree{"healthy", "guard"};
	Machine machine;
};

TEST_F(SaysEnodev, a_removal_that_has_just_ended_is_one_until_its_node_goes)
{
	tree.remove("sys/bus/scsi/devices/2:0:0:0");
	tree.remove("sys/devices/platform/host2/target2:0:0/2:0:0:0");
	ASSERT_NE(seen(), nullptr);
	EXPECT_TRUE(seen()->going());
}

// The module has no memory for its host, or the one before it at its address goes.
TEST_F(SaysEnodev, a_device_that_the_bus_has_is_not_being_removed)
{
	ASSERT_NE(seen(), nullptr);
	EXPECT_FALSE(seen()->going());
}
