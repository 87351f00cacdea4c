// SPDX-License-Identifier: GPL-2.0
// Stands in for the kernel: waits until the tool has written a device's `delete`, or has come to
// look at the device, then takes the device away and ends its history.
#pragma once

#include <initializer_list>
#include <string>
#include <thread>

#include "node/record.hpp"
#include "tree.hpp"

// A record of the device's last transition, or of its end.
scl::Record began(std::uint64_t ns);
scl::Record ended(std::uint64_t ns, scsi_lifecycle_flush flush);

enum class When { written, looked_at };

class Kernel {
public:
	// The device's directory below the tree's root; with a node where records are given.
	Kernel(Tree &tree, const std::string &directory, std::initializer_list<scl::Record> records,
	       When when = When::written);
	~Kernel();

private:
	bool is_time();
	void run();

	Tree &tree_;
	std::string directory_;
	std::string records_;
	int node_ = -1, opened_ = -1;
	std::thread thread_;
};
