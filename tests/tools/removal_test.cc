// SPDX-License-Identifier: GPL-2.0
// What is deleted is the device that was looked at, not one that has its address by then.
#include "node/removal.hpp"

#include <filesystem>
#include <gtest/gtest.h>

#include "source/gather.hpp"
#include "tree.hpp"

using namespace scl;

static const std::string sda = "sys/devices/platform/host2/target2:0:0/2:0:0:0";

class Replaced : public testing::Test {
protected:
	std::deque<Removal> removals()
	{
		return removals_of(tree.root(), snapshot, {machine.device({2, 0, 0, 0})});
	}

	Ending ending()
	{
		auto all = removals();
		for (auto &removal : all)
			removal.begin(Clock::now() + Milliseconds{30000});
		follow(all, Clock::now() + std::chrono::milliseconds(200));
		return all.front().ending();
	}

	void expect_left_alone()
	{
		auto told = ending();
		EXPECT_TRUE(told.gone);
		EXPECT_EQ(told.code, Exit::flush_unknown);
		EXPECT_NE(told.note.find("another device has its address"), std::string::npos);
		EXPECT_EQ(tree.read(sda + "/delete"), "");
	}

	Tree tree{"healthy", "guard"};
	Snapshot snapshot = tree.snapshot();
	Machine machine = machine_of(snapshot);
};

TEST_F(Replaced, one_with_another_wwid_is_left_alone)
{
	tree.write(sda + "/wwid", "naa.another\n");
	expect_left_alone();
}

TEST_F(Replaced, one_with_another_number_is_left_alone)
{
	tree.write("sys/class/scsi_lifecycle/2:0:0:0/number", "9\n");
	expect_left_alone();
}

TEST_F(Replaced, the_same_one_is_deleted)
{
	EXPECT_EQ(ending().code, Exit::timed_out);
	EXPECT_EQ(tree.read(sda + "/delete"), "1");
}

// Its removal takes the WWID from sysfs. Once the module tells that it is the same, once its
// directory.
TEST_F(Replaced, one_whose_removal_something_else_begins_meanwhile_is_waited_for)
{
	for (bool with_module : {true, false}) {
		if (!with_module)
			tree.remove("sys/class/scsi_lifecycle");
		tree.remove("sys/bus/scsi/devices/2:0:0:0");
		tree.plant("sys/bus/scsi/devices/2:0:0:0 -> ../../../devices/platform/host2/"
			   "target2:0:0/2:0:0:0\n" +
			   sda + "/wwid = naa.3333333000007d00\n");
		snapshot = tree.snapshot();
		machine = machine_of(snapshot);
		tree.remove("sys/bus/scsi/devices/2:0:0:0");
		tree.remove(sda + "/wwid");
		if (with_module)
			tree.write("sys/class/scsi_lifecycle/2:0:0:0/state", "cancel\n");
		auto told = ending();
		EXPECT_EQ(told.code, Exit::timed_out) << told.note;
		EXPECT_EQ(told.note, "something else removes it");
		EXPECT_EQ(tree.read(sda + "/delete"), "");
	}
}

TEST_F(Replaced, one_that_comes_later_is_left_alone)
{
	auto all = removals();
	auto directory = tree.root() + "/" + sda;
	std::filesystem::rename(directory, directory + "-before");
	tree.write(sda + "/delete", "");
	all.front().begin(Clock::now() + Milliseconds{30000});
	follow(all, Clock::now() + std::chrono::milliseconds(200));
	EXPECT_TRUE(all.front().ending().gone);
	EXPECT_EQ(tree.read(sda + "/delete"), "");
}

// Its removal hung before the module came, so that it has no node and no number that is shown.
TEST_F(Replaced, of_one_without_a_number_the_module_lists_what_ended_meanwhile)
{
	machine.devices.front().guarded->number.reset();
	auto all = removals();
	std::filesystem::remove_all(tree.root() + "/" + sda);
	follow(all, Clock::now() + std::chrono::milliseconds(200));
	Removed before{7, {2, 0, 0, 0}, "sda", "", 1, 600000, "completed"}, now = before;
	now.ago = 0;
	now.flush = "killed";
	all.front().look_up({before});
	EXPECT_EQ(all.front().ending().flush, "unknown");
	all.front().look_up({before, now});
	EXPECT_EQ(all.front().ending().code, Exit::flush_lost);
}

// An enclosure, a CD. A disk that sd does not have may have had it before.
TEST(Removal, of_what_no_driver_flushes_loses_nothing_without_the_module)
{
	const std::string place = "devices/platform/host2/target2:0:1/2:0:1:0";
	auto code_of = [&](const std::string &type, const std::string &hidden) {
		Tree tree{"healthy"};
		tree.plant("sys/bus/scsi/devices/2:0:1:0 -> ../../../" + place + "\nsys/" + place +
			   "/state = running\n");
		if (!type.empty())
			tree.write("sys/" + place + "/type", type + "\n");
		if (!hidden.empty())
			tree.make_unreadable(hidden);
		auto snapshot = gather(tree.root(), {Area::guarded, Area::devices});
		auto machine = machine_of(snapshot);
		auto all = removals_of(tree.root(), snapshot, {machine.device({2, 0, 1, 0})});
		tree.remove("sys/" + place);
		follow(all, Clock::now() + Milliseconds{30000});
		return all.front().ending().code;
	};
	for (const char *type : {"1", "5", "13"})
		EXPECT_EQ(code_of(type, ""), Exit::done) << type;
	for (const char *type : {"", "0", "7", "14", "20"})
		EXPECT_EQ(code_of(type, ""), Exit::flush_unknown) << type;
	EXPECT_EQ(code_of("5", "sys/class/scsi_disk"), Exit::flush_unknown);
}

// A relative path of sysfs leads to nothing elsewhere, as that of a device that has gone.
TEST(Removal, finds_its_device_whatever_the_working_directory_is)
{
	Tree tree;
	tree.write("2:0:0:0/delete", "");
	Snapshot snapshot;
	snapshot.put_link("sys/bus/scsi/devices/2:0:0:0", "../../../.." + tree.root() + "/2:0:0:0");
	Device device;
	device.address = {2, 0, 0, 0};
	auto all = removals_of(Root(), snapshot, {&device});
	all.front().begin(Clock::now() + Milliseconds{30000});
	follow(all, Clock::now() + std::chrono::milliseconds(200));
	EXPECT_FALSE(all.front().ending().gone);
}

// Its directories went before its number was read.
class RemovalWithoutNumber : public testing::Test {
protected:
	RemovalWithoutNumber()
	{
		tree.remove("sys/bus/scsi/devices/2:0:0:0");
		tree.remove(sda);
	}

	Ending ending(const std::vector<Removed> &listed)
	{
		Removal removal(tree.root(), snapshot, *machine.device({2, 0, 0, 0}));
		removal.look_up(listed);
		return removal.ending();
	}

	Tree tree{"healthy"};
	Snapshot snapshot = tree.snapshot();
	Machine machine = machine_of(snapshot);
	const Removed its = {8, {2, 0, 0, 0}, "sda", "", 1, 0, "completed"};
};

TEST_F(RemovalWithoutNumber, is_the_listed_one_with_its_names)
{
	Removed other_disk = {7, {2, 0, 0, 0}, "sdz", "", 1, 0, "killed"};
	Removed other_wwid = {9, {2, 0, 0, 0}, "sda", "naa.another", 1, 0, "killed"};
	ASSERT_TRUE(machine.device({2, 0, 0, 0})->wwid);
	EXPECT_EQ(ending({other_disk, its, other_wwid}).flush, "completed");
}

TEST_F(RemovalWithoutNumber, is_none_of_several_with_its_names)
{
	Removed before = {7, {2, 0, 0, 0}, "sda", "", 1, 0, "killed"};
	auto told = ending({before, its});
	EXPECT_EQ(told.flush, "unknown");
	EXPECT_EQ(told.code, Exit::flush_unknown);
	EXPECT_NE(told.note.find("several at its address"), std::string::npos) << told.note;
}
