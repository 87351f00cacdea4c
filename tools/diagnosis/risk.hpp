// SPDX-License-Identifier: GPL-2.0
// What would become of a removal that began now.
#pragma once

#include <string>
#include <vector>

#include "base/exit.hpp"
#include "diagnosis/uses.hpp"
#include "model/machine.hpp"

namespace scl {

struct Risk {
	const Device *device = nullptr;
	// done: it would end, and flush; found: it would hang, or lose its flush; cannot_tell.
	Exit verdict = Exit::done;
	// Sentences, the one that decides first.
	std::vector<std::string> reasons;
	// "dm-4 (mpatha)", "mounted on /srv": what has it open.
	std::vector<std::string> users;
};

// `uses` is the snapshot's.
Risk risk_of(const Machine &machine, const Snapshot &snapshot, const Uses &uses,
	     const Device &device);

// What has a disk, one of its partitions or a map of it open: holders, mounts, swap, processes.
std::vector<std::string> users_of(const Machine &machine, const Snapshot &snapshot,
				  const Uses &uses, const Device &device);

// Sentences: which users of the devices could not be seen.
std::vector<std::string> unseen_users(const Snapshot &snapshot,
				      const std::vector<const Device *> &devices);

} // namespace scl
