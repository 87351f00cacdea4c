// SPDX-License-Identifier: GPL-2.0
// What monitor follows: a fifo stands for a device's node.
#include "node/watcher.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.hpp"
#include "kernel.hpp"

using namespace scl;

static const Address address = {2, 0, 0, 0};

class Watched : public testing::Test {
protected:
	~Watched() override
	{
		for (int file : files)
			close(file);
	}

	// A device comes, and its node.
	int device()
	{
		tree.remove("dev/scsi_lifecycle/2:0:0:0");
		tree.fifo("dev/scsi_lifecycle/2:0:0:0");
		auto path = tree.root() + "/dev/scsi_lifecycle/2:0:0:0";
		files.push_back(open(path.c_str(), O_RDWR | O_CLOEXEC));
		return files.back();
	}

	static void tell(int node, const Record &record)
	{
		EXPECT_EQ(write(node, &record, sizeof(record)), ssize_t{sizeof(record)});
	}

	// udevd says that a device has come.
	void announce()
	{
		watcher.device_speaks("scsi_lifecycle", "add", "2:0:0:0",
				      [](const char *) { return nullptr; });
	}

	// What is told within a time.
	std::string heard()
	{
		watcher.run(Clock::now() + std::chrono::milliseconds(200), [] { return true; });
		return std::move(told);
	}

	Tree tree;
	std::string told;
	Watcher watcher{tree.root(), [this](const Event &event) { told += event_text(event); }};
	std::vector<int> files;
};

static const std::string begins = " 2:0:0:0 running -> cancel, remove\n";

TEST_F(Watched, a_device_that_is_heard_of_and_seen_is_told_once)
{
	auto node = device();
	EXPECT_EQ(watcher.add(address), 0);
	announce();
	EXPECT_EQ(watcher.add(address), 0);
	tell(node, began(1500000000));
	EXPECT_EQ(heard(), "     1.500" + begins);
}

TEST_F(Watched, a_device_that_comes_while_the_one_before_it_ends_is_told_too)
{
	auto before = device();
	EXPECT_EQ(watcher.add(address), 0);
	auto after = device();
	announce();
	tell(before, began(1500000000));
	tell(after, began(2500000000));
	auto both = heard();
	EXPECT_EQ(scl::lines(both).size(), 2u) << both;
	EXPECT_NE(both.find("     1.500" + begins), both.npos) << both;
	EXPECT_NE(both.find("     2.500" + begins), both.npos) << both;
}

TEST_F(Watched, a_device_that_is_not_asked_for_is_not_told)
{
	watcher.only({{{2, 0, 0, 1}, "naa.1"}});
	auto node = device();
	announce();
	tell(node, began(1500000000));
	EXPECT_EQ(heard(), "");
}

class Named : public Watched {
protected:
	Named()
	{
		tree.write("sys/bus/scsi/devices/2:0:0:0/wwid", "naa.1\n");
		watcher.only({{address, "naa.1"}});
		before = device();
		EXPECT_EQ(watcher.add(address), 0);
	}

	// Another device comes to the address.
	int comes(const std::string &wwid)
	{
		tree.write("sys/bus/scsi/devices/2:0:0:0/wwid", wwid + "\n");
		auto after = device();
		announce();
		return after;
	}

	void ends(int node)
	{
		tell(node, ended(2000000000, SCSI_LIFECYCLE_FLUSH_COMPLETED));
		files.erase(std::find(files.begin(), files.end(), node));
		close(node);
	}

	int before;
};

TEST_F(Named, another_device_that_comes_to_the_address_is_not_told)
{
	tell(comes("naa.2"), began(1500000000));
	EXPECT_EQ(heard(), "");
}

TEST_F(Named, the_device_that_comes_back_is_told)
{
	tell(comes("naa.1"), began(1500000000));
	EXPECT_EQ(heard(), "     1.500" + begins);
}

// Its file in sysfs has the NULs that end a name string of SCSI.
TEST_F(Named, the_device_that_comes_back_is_known_by_its_name_string)
{
	watcher.only({{address, "iqn.2026-11.x:t,L,0x0000"}});
	tell(comes(std::string("iqn.2026-11.x:t,L,0x0000\0\0", 26)), began(1500000000));
	EXPECT_EQ(heard(), "     1.500" + begins);
}

TEST_F(Named, the_device_that_comes_back_is_known_by_what_the_module_kept_of_its_name)
{
	watcher.only({{address, "t10.A_B"}});
	tell(comes("t10.A B"), began(1500000000));
	EXPECT_EQ(heard(), "     1.500" + begins);
}

TEST_F(Named, the_device_that_comes_back_and_cannot_be_read_is_read_again)
{
	tree.make_unreadable("sys/bus/scsi/devices/2:0:0:0/wwid");
	auto after = device();
	announce();
	tell(after, began(1500000000));
	watcher.run(Clock::now() + std::chrono::milliseconds(2500), [this] {
		tree.remove("sys/bus/scsi/devices/2:0:0:0/wwid");
		tree.write("sys/bus/scsi/devices/2:0:0:0/wwid", "naa.1\n");
		watcher.add(address);
		return true;
	});
	EXPECT_EQ(told, "     1.500" + begins);
}

TEST_F(Watched, a_device_without_a_wwid_is_told_when_its_node_comes)
{
	watcher.only({{address, ""}, {{2, 0, 0, 1}, "naa.1"}});
	tree.fifo("dev/scsi_lifecycle/2:0:0:1");
	EXPECT_EQ(watcher.add({2, 0, 0, 1}), 0);
	EXPECT_EQ(watcher.add(address), ENOENT);
	auto node = device();
	announce();
	tell(node, began(1500000000));
	// The next one there is another.
	auto next = device();
	announce();
	tell(next, began(2500000000));
	EXPECT_EQ(heard(), "     1.500" + begins);
}

TEST_F(Watched, a_device_that_comes_where_one_without_a_wwid_was_named_is_not_waited_for)
{
	watcher.only({{address, ""}, {{2, 0, 0, 1}, "naa.1"}});
	tree.fifo("dev/scsi_lifecycle/2:0:0:1");
	auto path = tree.root() + "/dev/scsi_lifecycle/2:0:0:1";
	int other = open(path.c_str(), O_RDWR | O_CLOEXEC);
	EXPECT_EQ(watcher.add({2, 0, 0, 1}), 0);
	EXPECT_EQ(watcher.add(address), ENOENT);
	device();
	announce();
	close(other);
	EXPECT_FALSE(watcher.run(Clock::now() + std::chrono::seconds(30), [] { return true; }));
	EXPECT_EQ(watcher.unfollowed().count(address), 1u);
}

TEST_F(Named, what_comes_to_the_address_is_not_waited_for)
{
	comes("naa.1");
	ends(before);
	EXPECT_FALSE(watcher.run(Clock::now() + std::chrono::seconds(30), [] { return true; }));
	EXPECT_NE(told.find("gone, flush completed"), told.npos) << told;
}

// As nohup(1) has it. A signal that is blocked is kept even where it is ignored.
TEST_F(Watched, a_signal_that_is_ignored_ends_nothing)
{
	auto before = std::signal(SIGTERM, SIG_IGN);
	sigset_t end, mask;
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, &mask);
	raise(SIGTERM);
	auto until = Clock::now() + std::chrono::milliseconds(200);
	watcher.run(until, [] { return true; });
	EXPECT_GE(Clock::now(), until);
	sigprocmask(SIG_SETMASK, &mask, nullptr);
	std::signal(SIGTERM, before);
}

static bool is_devtmpfs(const char *path)
{
	std::ifstream mounts("/proc/self/mounts");
	for (std::string line; std::getline(mounts, line);)
		if (auto fields = scl::words(line);
		    fields.size() > 2 && fields[1] == path && fields[2] == "devtmpfs")
			return true;
	return false;
}

// As often as it takes to fill the buffer of what listens to udevd.
static bool flood()
{
	sockaddr_nl udevd = {};
	udevd.nl_family = AF_NETLINK;
	udevd.nl_groups = 2;
	int file = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	std::vector<char> message(1 << 16);
	for (int i = 0; i < 1000; i++)
		if (sendto(file, message.data(), message.size(), 0,
			   reinterpret_cast<sockaddr *>(&udevd), sizeof(udevd)) < 0 &&
		    errno != ENOBUFS)
			return false;
	close(file);
	return true;
}

// In a network of its own, so that none but it hears: 0 if a loss is told until all was read anew,
// which is so at the nth time, and none is told before.
static int hear_of_a_loss(int n)
{
	if (unshare(CLONE_NEWNET) != 0)
		return 77;
	int losses = 0;
	Watcher watcher("", [](const Event &) {});
	if (!watcher.unseen().empty() || !flood())
		return 1;
	watcher.run(Clock::now() + std::chrono::seconds(n), [&] { return ++losses >= n; });
	return losses == n ? 0 : 2;
}

static void expect_a_loss(int n)
{
	if (access("/run/udev/control", F_OK) != 0 && !is_devtmpfs("/dev"))
		GTEST_SKIP() << "neither udevd nor a devtmpfs: sd-device hears nothing";
	auto pid = fork();
	if (pid == 0)
		_exit(hear_of_a_loss(n));
	int status = -1;
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 77)
		GTEST_SKIP() << "a network namespace needs root";
	EXPECT_EQ(status, 0);
}

TEST(Watcher, says_that_events_were_lost_which_udevd_has_sent)
{
	expect_a_loss(1);
}

TEST(Watcher, says_so_again_where_not_all_could_be_read_anew)
{
	expect_a_loss(2);
}
