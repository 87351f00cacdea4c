// SPDX-License-Identifier: GPL-2.0
// What monitor follows: a fifo stands for a device's node.
#include "node/watcher.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
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
		watcher.run(Clock::now() + std::chrono::milliseconds(200));
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
	watcher.only({{2, 0, 0, 1}});
	auto node = device();
	announce();
	tell(node, began(1500000000));
	EXPECT_EQ(heard(), "");
}
