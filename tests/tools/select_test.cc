// SPDX-License-Identifier: GPL-2.0
#include "model/select.hpp"

#include <cerrno>
#include <gtest/gtest.h>

#include "base/exit.hpp"
#include "tree.hpp"

using namespace scl;

class Select : public testing::Test {
protected:
	Selection named(const Wanted &wanted)
	{
		return select(machine_of(snapshot), snapshot, wanted);
	}

	std::string found(const std::string &name)
	{
		std::string text;
		for (const auto &address : named({{name}, {}, {}, {}}).addresses)
			text += to_text(address) + " ";
		return text;
	}

	// Empty too where it can be no device's name.
	std::string selected(const std::string &name)
	{
		try {
			return found(name);
		} catch (const Failure &) {
			return "";
		}
	}

	bool is_gone(const std::string &name)
	{
		auto selection = named({{name}, {}, {}, {}});
		return selection.addresses.empty() && selection.gone.size() == 1;
	}

	void map(const std::string &disk, const std::string &name,
		 const std::vector<std::string> &slaves)
	{
		auto names = snapshot.list("sys/class/block");
		names.push_back(disk);
		snapshot.put_list("sys/class/block", names);
		auto directory = "sys/class/block/" + disk;
		snapshot.put_text(directory + "/dev", "254:9");
		snapshot.put_text(directory + "/dm/name", name);
		snapshot.put_text(directory + "/dm/uuid", "mpath-3600c0ff0000000b5");
		snapshot.put_list(directory + "/slaves", slaves);
	}

	std::string refusal(const std::string &name)
	{
		try {
			Wanted wanted{{name}, {}, {}, {}};
			patterns_of(wanted);
			named(wanted);
		} catch (const Failure &failure) {
			EXPECT_EQ(failure.code, Exit::usage);
			return failure.what();
		}
		return "none";
	}

	Snapshot snapshot = Tree({"healthy", "guard", "session"}).snapshot();
};

TEST_F(Select, a_device_has_many_names)
{
	for (const char *name : {"2:0:0:0", "sda", "sda1", "naa.3333333000007d00",
				 "3333333000007d00", "33333333000007d00"})
		EXPECT_EQ(found(name), "2:0:0:0 ") << name;
}

// The scsi_id of multipath has a digit for each kind, and joins what blanks part.
TEST_F(Select, a_wwid_is_known_as_sysfs_and_as_multipath_write_it)
{
	const std::string place = "sys/bus/scsi/devices/2:0:0:0/wwid";
	auto is_known = [&](const std::string &wwid, std::initializer_list<const char *> names) {
		snapshot.put_text(place, wwid);
		for (const char *name : names) {
			if (name[0] == '/')
				snapshot.put_error(name + 1, ENOENT);
			EXPECT_EQ(found(name), "2:0:0:0 ") << wwid << ": " << name;
		}
	};
	is_known("eui.0017380030290197",
		 {"20017380030290197", "0017380030290197", "EUI.0017380030290197",
		  "/dev/disk/by-id/scsi-20017380030290197",
		  "/dev/disk/by-id/wwn-0x0017380030290197"});
	is_known("naa.600c0ff0000000aa", {"3600C0FF0000000AA", "600C0FF0000000AA",
					  "/dev/disk/by-id/scsi-3600c0ff0000000aa"});
	is_known("t10.A B", {"t10.A B", "t10.A B   ", "1A_B", "/dev/disk/by-id/scsi-1A_B"});
	is_known("t10.ACME    R&D (X)\\0\\0", {"1ACME_R_D__X_"});
	is_known("t10.ATA     VBOX HARDDISK   VB1234",
		 {"t10.ATA     VBOX HARDDISK   VB1234",
		  "/dev/disk/by-id/scsi-1ATA_VBOX_HARDDISK_VB1234-part1"});
	EXPECT_TRUE(is_gone("20017380030290197"));
	for (const char *other : {"t10.A_B", "t10.a B", "T10.A B", "1a_B"}) {
		snapshot.put_text(place, "t10.A B");
		EXPECT_EQ(selected(other), "") << other;
	}
}

// The module writes a blank as "_".
TEST_F(Select, a_wwid_in_text_is_known_when_only_the_module_has_it)
{
	const std::string list = "sys/kernel/debug/scsi_lifecycle/devices";
	for (const char *name : {"t10.ATA   DISK 1", "1ATA_DISK_1"}) {
		snapshot.put_text(list,
				  "7:0:0:1 state=cancel blocked=yes since=1 deadline=- holds=0 "
				  "waits_for=path references=0 openers=0 disk=sdc "
				  "wwid=t10.ATA___DISK_1___\n");
		EXPECT_EQ(found(name), "7:0:0:1 ") << name;
	}
	auto machine = machine_of(snapshot);
	machine.removed.push_back({44, {7, 0, 0, 9}, "sdx", "t10.A_B", 100, 10, "killed"});
	EXPECT_EQ(find_removed(machine, "t10.A B")->number, 44u);
}

TEST_F(Select, a_wwid_ends_at_its_first_nul)
{
	snapshot.put_text("sys/bus/scsi/devices/2:0:0:0/wwid",
			  std::string("naa.600c0ff0000000aa\0\0\0", 23));
	EXPECT_EQ(found("naa.600c0ff0000000aa"), "2:0:0:0 ");
}

// multipath allows an alias that looks like a name in text.
TEST_F(Select, what_may_be_a_map_or_a_wwid_in_text_may_be_any_removal)
{
	EXPECT_EQ(named({{"1_oradata"}, {}, {}, {}}).candidates["1_oradata"].size(), 1u);
}

TEST_F(Select, a_wwid_that_is_a_map_s_name_means_a_path_outside_of_the_map_too)
{
	map("dm-5", "3600c0ff0000000b5", {"sda"});
	snapshot.put_text("sys/bus/scsi/devices/2:0:0:1/wwid", "naa.600c0ff0000000b5");
	EXPECT_EQ(found("3600c0ff0000000b5"), "2:0:0:0 2:0:0:1 ");
	EXPECT_EQ(found("dm-5"), "2:0:0:0 ");
}

TEST_F(Select, a_map_stands_for_its_paths)
{
	EXPECT_EQ(found("mpatha"), "7:0:0:2 ");
	EXPECT_EQ(found("dm-4"), "7:0:0:2 ");
}

TEST_F(Select, a_map_without_paths_is_there)
{
	map("dm-5", "mpathb", {});
	map("dm-6", "above", {"dm-5"});
	for (const char *name : {"mpathb", "dm-5", "above"}) {
		auto selection = named({{name}, {}, {}, {}});
		EXPECT_TRUE(selection.addresses.empty() && selection.gone.empty()) << name;
		ASSERT_EQ(selection.pathless.size(), 1u) << name;
		EXPECT_EQ(selection.pathless[0].name, name);
	}
	EXPECT_EQ(named({{"mpathb"}, {}, {}, {}}).pathless[0].wwid, "3600c0ff0000000b5");
}

TEST_F(Select, a_map_of_other_disks_is_refused)
{
	map("dm-5", "root", {"nvme0n1"});
	EXPECT_EQ(refusal("root"), "\"root\" names no SCSI device: expected H:C:T:L, sdX, a path, "
				   "a WWID, a dm map or hostN");
	map("dm-6", "mixed", {"nvme0n1", "sda"});
	EXPECT_EQ(found("mixed"), "2:0:0:0 ");
}

TEST_F(Select, a_map_whose_paths_were_not_read_is_not_taken_for_one_without)
{
	snapshot.put_text("sys/class/block/dm-5/dm/name", "mpathb");
	snapshot.put_text("sys/class/block/dm-5/dev", "254:5");
	snapshot.put_list("sys/class/block", {"dm-5"});
	try {
		named({{"mpathb"}, {}, {}, {}});
		FAIL();
	} catch (const Failure &failure) {
		EXPECT_EQ(failure.code, Exit::cannot_tell) << failure.what();
	}
}

TEST_F(Select, a_host_stands_for_its_devices)
{
	EXPECT_EQ(found("host2"), "2:0:0:0 2:0:0:1 ");
	EXPECT_EQ(named({{}, {7}, {}, {}}).addresses.size(), 2u);
}

TEST_F(Select, a_session_and_a_driver_stand_for_their_devices)
{
	EXPECT_EQ(named({{}, {}, {3}, {}}).addresses.size(), 2u);
	EXPECT_EQ(named({{}, {}, {4}, {}}).gone, (std::vector<std::string>{"session4"}));
	EXPECT_EQ(named({{}, {}, {}, {"scsi_debug"}}).addresses.size(), 2u);
}

TEST_F(Select, a_path_is_what_its_number_says)
{
	snapshot.put_text("dev/disk/by-id/x", "8:1");
	snapshot.put_text("dev/mapper/mpatha", "254:4");
	snapshot.put_text("dev/nvme0n1", "259:0");
	EXPECT_EQ(found("/dev/disk/by-id/x"), "2:0:0:0 ");
	EXPECT_EQ(found("/dev/mapper/mpatha"), "7:0:0:2 ");
	EXPECT_EQ(refusal("/dev/nvme0n1"), "\"/dev/nvme0n1\" is not a SCSI disk");
	snapshot.put_error("dev/sdz", ENOENT);
	EXPECT_TRUE(is_gone("/dev/sdz"));
}

TEST_F(Select, a_path_that_was_not_read_is_not_gone)
{
	snapshot.put_hanging("dev/sdz", "it hangs");
	for (const char *name : {"/dev/sdz", "/dev/sdy"}) {
		auto selection = named({{name}, {}, {}, {}});
		EXPECT_TRUE(selection.gone.empty()) << name;
		ASSERT_EQ(selection.unsure.size(), 1u) << name;
	}
}

TEST_F(Select, a_device_that_is_named_twice_is_one)
{
	EXPECT_EQ(named({{"sda", "2:0:0:0", "host2"}, {}, {}, {}}).addresses.size(), 2u);
}

TEST_F(Select, what_could_have_been_a_device_is_gone)
{
	for (const char *name : {"9:0:0:0", "sdz", "host9", "naa.600c0ff0000000ff",
				 "3600c0ff000000000000000000000ffff", "sdc", "mpathz", "dm-9"})
		EXPECT_TRUE(is_gone(name)) << name;
}

TEST_F(Select, what_is_no_name_of_a_device_is_refused_by_name)
{
	for (const char *name :
	     {"", "foo", "7:0:0", "mpath", "mpath7", "dm-", "dm-x", "-1", "eth0", "a b"})
		EXPECT_NE(refusal(name).find('"' + std::string(name) + '"'), std::string::npos)
			<< name << ": " << refusal(name);
	EXPECT_EQ(refusal("/dev/sd*"), "\"/dev/sd*\" is a pattern, and no device's path");
	EXPECT_EQ(refusal("nvme0n1"), "\"nvme0n1\" is not a SCSI disk");
}

TEST_F(Select, an_empty_name_is_no_map_whose_name_was_not_read)
{
	map("dm-5", "", {"sda"});
	EXPECT_EQ(selected(""), "");
	for (const Wanted &wanted : {Wanted{{""}, {}, {}, {}}, Wanted{{}, {}, {}, {""}}})
		try {
			patterns_of(wanted);
			ADD_FAILURE();
		} catch (const Failure &failure) {
			EXPECT_EQ(failure.code, Exit::usage);
			EXPECT_STREQ(failure.what(), "\"\" is an empty name");
		}
}

// Of an address and of a disk's name it is the last: they are given again.
TEST_F(Select, of_the_last_removals_of_a_wwid_s_paths_the_worst_is_found)
{
	auto machine = machine_of(snapshot);
	machine.removed.push_back({44, {7, 0, 0, 1}, "sdc", "", 100, 10, "killed"});
	machine.removed.push_back(
		{45, {8, 0, 0, 1}, "sdc", "naa.600c0ff000000042", 100, 5, "none"});
	EXPECT_EQ(find_removed(machine, "naa.600c0ff000000042")->number, 42u);
	EXPECT_EQ(find_removed(machine, "8:0:0:1")->number, 45u);
	EXPECT_EQ(find_removed(machine, "7:0:0:1")->number, 44u);
	EXPECT_EQ(find_removed(machine, "sdc")->number, 45u);
	EXPECT_EQ(find_removed(machine, "naa.600c0ff000000041")->number, 41u);
	EXPECT_EQ(find_removed(machine, "sdx"), nullptr);
	machine.removed.push_back(
		{46, {7, 0, 0, 2}, "sdd", "naa.600c0ff000000042", 100, 4, "completed"});
	for (const char *name : {"naa.600c0ff000000042", "7:0:0:2", "sdd"})
		EXPECT_STRNE(find_removed(machine, name)->flush.c_str(), "killed") << name;
}
