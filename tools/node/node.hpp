// SPDX-License-Identifier: GPL-2.0
// An open node, /dev/scsi_lifecycle/H:C:T:L. It keeps neither the device nor its driver.
#pragma once

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "base/address.hpp"
#include "node/record.hpp"

namespace scl {

class Node {
public:
	// Opens it. Without one, error() is the errno: ENOENT or ENODEV where the device is gone,
	// or the module not loaded.
	Node(const std::string &root, const Address &address);
	~Node();
	Node(const Node &) = delete;
	Node &operator=(const Node &) = delete;

	bool is_open() const { return descriptor_ >= 0; }
	int error() const { return error_; }
	int descriptor() const { return descriptor_; }

	// Of the file that is open: a new device at the address has another one, and while it is
	// open no other has its.
	using Identity = std::pair<dev_t, ino_t>;
	Identity identity() const;

	// A program that this process executes has it open too.
	void pass_on();

	// What is there, without waiting. ended() is true once no more will come.
	std::vector<Record> read();
	bool ended() const { return ended_; }

	// 0, or the errno. A request that the header of this build does not have is ENOTTY.
	int hold();
	int end();

private:
	int descriptor_ = -1, error_ = 0;
	bool ended_ = false;
	std::string pending_;
};

} // namespace scl
