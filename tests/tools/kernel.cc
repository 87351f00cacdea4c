// SPDX-License-Identifier: GPL-2.0
#include "kernel.hpp"

#include <chrono>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

using namespace std::chrono_literals;

// A test that goes wrong ends then.
static constexpr auto patience = 60s;

scl::Record began(std::uint64_t ns)
{
	scl::Record record{};
	record.time = ns;
	record.version = SCSI_LIFECYCLE_VERSION;
	record.type = SCSI_LIFECYCLE_REC_TRANSITION;
	record.from = SCSI_LIFECYCLE_STATE_RUNNING;
	record.to = SCSI_LIFECYCLE_STATE_CANCEL;
	record.cause = SCSI_LIFECYCLE_CAUSE_REMOVE;
	record.size = sizeof(record);
	return record;
}

scl::Record ended(std::uint64_t ns, scsi_lifecycle_flush flush)
{
	auto record = began(ns);
	record.type = SCSI_LIFECYCLE_REC_GONE;
	record.from = record.to = SCSI_LIFECYCLE_STATE_DEL;
	record.flush = static_cast<std::uint8_t>(flush);
	return record;
}

Kernel::Kernel(Tree &tree, const std::string &directory, std::initializer_list<scl::Record> records,
	       When when)
	: tree_(tree), directory_(directory)
{
	auto looked_at = tree.root() + "/" + directory + "/state";
	for (const auto &record : records)
		records_.append(reinterpret_cast<const char *>(&record), sizeof(record));
	if (records.size()) {
		auto node = "dev/scsi_lifecycle" + directory.substr(directory.rfind('/'));
		tree.fifo(node);
		looked_at = tree.root() + "/" + node;
		node_ = open(looked_at.c_str(), O_RDWR | O_CLOEXEC);
	}
	if (when == When::looked_at) {
		opened_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
		inotify_add_watch(opened_, looked_at.c_str(), IN_OPEN);
	}
	thread_ = std::thread([this] { run(); });
}

Kernel::~Kernel()
{
	thread_.join();
	if (opened_ >= 0)
		close(opened_);
}

bool Kernel::is_time()
{
	pollfd event = {opened_, POLLIN, 0};
	if (opened_ >= 0)
		return poll(&event, 1, 0) > 0;
	return tree_.read(directory_ + "/delete").starts_with("1");
}

void Kernel::run()
{
	auto end = std::chrono::steady_clock::now() + patience;
	while (!is_time()) {
		if (std::chrono::steady_clock::now() > end) {
			ADD_FAILURE() << "the tool has not come to " << directory_;
			break;
		}
		std::this_thread::sleep_for(1ms);
	}
	auto name = directory_.substr(directory_.rfind('/'));
	tree_.remove("sys/bus/scsi/devices" + name);
	tree_.remove(directory_);
	tree_.remove("sys/class/scsi_lifecycle" + name);
	if (node_ < 0)
		return;
	EXPECT_EQ(write(node_, records_.data(), records_.size()),
		  static_cast<ssize_t>(records_.size()));
	close(node_);
}
