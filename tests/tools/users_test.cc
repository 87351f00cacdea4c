// SPDX-License-Identifier: GPL-2.0
// What has a device open, under whatever name and in whatever mount namespace.
#include <cerrno>
#include <ctime>
#include <gtest/gtest.h>

#include "diagnosis/risk.hpp"
#include "source/gather.hpp"
#include "tree.hpp"

using namespace scl;

class UsersOf : public testing::Test {
protected:
	std::vector<std::string> users() const
	{
		auto machine = machine_of(snapshot);
		return users_of(machine, snapshot, Uses(snapshot), *machine.device({2, 0, 0, 0}));
	}

	std::vector<std::string> users_with(const std::string &plants)
	{
		tree.plant(plants);
		snapshot = tree.snapshot();
		return users();
	}

	using Names = std::vector<std::string>;
	const std::string directory = "sys/devices/platform/host2/target2:0:0/2:0:0:0/";
	Tree tree{"healthy"};
	Snapshot snapshot = tree.snapshot();
};

TEST_F(UsersOf, a_btrfs_has_a_number_of_its_own)
{
	EXPECT_EQ(users_with("proc/self/mountinfo :\n"
			     "\t30 25 0:45 /sub /srv rw - btrfs /dev/sda1 rw,subvol=/sub\n"),
		  Names{"sda1 is mounted on /srv"});
}

TEST_F(UsersOf, a_mount_may_name_its_device_by_another_path)
{
	snapshot.put_text("proc/self/mountinfo", "30 25 0:45 / /srv rw - btrfs /srv/node rw\n");
	snapshot.put_text("srv/node", "8:1");
	EXPECT_EQ(users(), Names{"sda1 is mounted on /srv"});
}

TEST_F(UsersOf, the_other_disks_of_a_mounted_xfs_are_used)
{
	snapshot.put_text("srv/log", "8:1");
	for (const char *options :
	     {"rw,logdev=/srv/log,noquota", "rw,rtdev=/dev/sda1", "rw,logdev=sda1"}) {
		snapshot.put_text("proc/self/mountinfo",
				  std::string("30 25 8:32 / /srv rw - xfs /dev/sdc ") + options +
					  "\n");
		EXPECT_EQ(users(), Names{"sda1 is mounted on /srv"}) << options;
	}
}

TEST_F(UsersOf, each_device_of_a_mounted_btrfs_is_used)
{
	EXPECT_EQ(users_with("sys/fs/btrfs/1234/devices/sda1/\n"),
		  Names{"sda1 is part of a mounted btrfs"});
}

// As umount -l leaves it.
TEST_F(UsersOf, a_file_system_that_lives_without_a_mount_uses_its_disk)
{
	for (std::string type : {"ext4", "xfs", "f2fs", "nilfs2"}) {
		auto place = "sys/fs/" + type + "/sda1/";
		EXPECT_EQ(users_with(place + "\n" + "sys/fs/" + type + "/sdb/\n"),
			  Names{"sda1 has a " + type +
				" that is in use, where no mount of it is seen"});
		tree.remove(place);
	}
	EXPECT_EQ(users_with("sys/fs/ext4/sda1/\nproc/self/mountinfo :\n"
			     "\t30 25 8:1 / /srv rw - ext4 /dev/sda1 rw\n"),
		  Names{"sda1 is mounted on /srv"});
	tree.make_unreadable("sys/fs/ext4");
	snapshot = tree.snapshot();
	EXPECT_EQ(unseen_users(snapshot, {}).size(), 1u);
}

TEST_F(UsersOf, each_mount_namespace_is_looked_at)
{
	EXPECT_EQ(users_with("proc/900/ns/mnt -> mnt:[4026532000]\n"
			     "proc/900/mountinfo = 30 25 8:1 / /data rw - ext4 /dev/sda1 rw\n"
			     "proc/901/ns/mnt -> mnt:[4026532001]\n"
			     "proc/902/ns/mnt -> mnt:[4026532001]\n"
			     "proc/902/mountinfo = 30 25 8:1 / /more rw - ext4 /dev/sda1 rw\n"),
		  (Names{"sda1 is mounted on /data", "sda1 is mounted on /more"}));
}

TEST_F(UsersOf, each_root_of_a_mount_namespace_is_looked_at)
{
	EXPECT_EQ(users_with("proc/900/ns/mnt -> mnt:[4026532000]\n"
			     "proc/900/root -> /jail\nproc/900/mountinfo :\n"
			     "proc/901/ns/mnt -> mnt:[4026532000]\n"
			     "proc/901/root -> /\n"
			     "proc/901/mountinfo = 30 25 8:1 / /data rw - ext4 /dev/sda1 rw\n"),
		  Names{"sda1 is mounted on /data"});
	for (const char *path : {"proc/9/fd", "proc/9/root"}) {
		auto other = snapshot;
		other.put_error(path, EACCES);
		EXPECT_EQ(unseen_users(other, {}).size(), 1u) << path;
	}
}

TEST_F(UsersOf, an_open_file_is_the_device_that_its_number_says)
{
	tree.plant("proc/812/comm = dd\nproc/812/fd/\n");
	snapshot = tree.snapshot();
	snapshot.put_list("proc/812/fd", {"3", "4"});
	snapshot.put_link("proc/812/fd/4", "/dev/sda");
	snapshot.put_text("proc/812/fd/4", "b8:16");
	EXPECT_EQ(users(), Names{});
	snapshot.put_text("proc/812/fd/3", "b8:1");
	EXPECT_EQ(users(), Names{"sda1 is open in dd (812)"});
}

// The machine's /dev/null stands for a node that the tree cannot make.
TEST_F(UsersOf, a_node_that_is_no_disk_is_the_device_too)
{
	EXPECT_EQ(users_with("proc/812/comm = tar\nproc/812/fd/3 -> /dev/null\n"), Names{});
	for (const char *node : {"scsi_generic/sg0", "bsg/2:0:0:0", "scsi_tape/nst0"}) {
		auto dev = directory + node + "/dev";
		auto name = std::string(node).substr(std::string(node).find('/') + 1);
		EXPECT_EQ(users_with(dev + " = 1:3\n"), Names{name + " is open in tar (812)"});
		tree.remove(dev);
	}
}

TEST_F(UsersOf, a_device_without_a_disk_is_used_where_its_node_is_open)
{
	tree.remove(directory + "block");
	EXPECT_EQ(users_with("proc/812/comm = tar\nproc/812/fd/3 -> /dev/null\n" + directory +
			     "scsi_tape/st0/dev = 1:3\n"),
		  Names{"st0 is open in tar (812)"});
}

TEST_F(UsersOf, swap_and_loop_devices_stand_on_what_their_paths_say)
{
	snapshot.put_text("proc/swaps", "/srv/node partition 1 0 -2\n");
	snapshot.put_list("sys/class/block", {"loop3", "sda", "sda1"});
	snapshot.put_text("sys/class/block/loop3/loop/backing_file", "/srv/node\n");
	snapshot.put_text("srv/node", "8:1");
	EXPECT_EQ(users(), (Names{"loop3 stands on it", "sda1 is swap"}));
}

// Processor time: what a busy machine takes besides does not count.
TEST_F(UsersOf, of_many_devices_cost_little_more_than_those_of_one)
{
	std::vector<std::string> files;
	for (int i = 0; i < 20000; i++) {
		files.push_back(std::to_string(i));
		snapshot.put_text("proc/812/fd/" + files.back(), "c1:3");
	}
	snapshot.put_list("proc/812/fd", files);
	snapshot.put_list("proc", {"812"});
	auto machine = machine_of(snapshot);
	auto cost = [&](int devices) {
		auto begin = std::clock();
		Uses uses(snapshot);
		for (int i = 0; i < devices; i++)
			users_of(machine, snapshot, uses, machine.devices.front());
		return std::clock() - begin;
	};
	auto one = cost(1);
	EXPECT_LT(cost(100), 10 * one);
}

TEST_F(UsersOf, what_is_forbidden_or_hangs_is_unseen)
{
	EXPECT_EQ(unseen_users(snapshot, {}), Names{});
	for (const char *path : {"proc/9/fd", "proc/9/fd/3", "proc/9/ns/mnt", "proc/9/mountinfo"}) {
		auto other = snapshot;
		other.put_error(path, EACCES);
		EXPECT_EQ(unseen_users(other, {}).size(), 1u) << path;
	}
	auto other = snapshot;
	other.put_error("proc/9/fd", ENFILE);
	EXPECT_EQ(unseen_users(other, {}), Names{"the files or mounts of 1 of the processes: Too "
						 "many open files in system"});
	// Of a process that ends.
	snapshot.put_error("proc/9/mountinfo", EINVAL);
	snapshot.put_unseen(words_of(Area::hosts) + ": the rest was not read");
	EXPECT_EQ(unseen_users(snapshot, {}), Names{});
	snapshot.put_unseen(words_of(Area::users) + ": the rest was not read");
	EXPECT_EQ(unseen_users(snapshot, {}).size(), 1u);
}

TEST_F(UsersOf, the_holders_of_a_partition_are_users)
{
	EXPECT_EQ(users_with(directory + "block/sda/sda1/holders/dm-9/\n"),
		  Names{"dm-9 holds sda1"});
}
