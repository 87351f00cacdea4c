// SPDX-License-Identifier: GPL-2.0
// The paths that the kernel names where something stands on a device: mounts, swap, loop devices.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "source/snapshot.hpp"

namespace scl {

// Of a line of a mountinfo: the number that it has, the place, and the path of what is mounted, as
// the snapshot has it. A btrfs has a number of its own there, and the device in the path alone.
struct Mount {
	std::string number, place, source;
};

// Of all mount namespaces that were read.
std::vector<Mount> mounts_of(const Snapshot &snapshot);

// The paths of swap.
std::vector<std::string> swaps_of(const Snapshot &snapshot);

// All paths: their numbers tell which device each is.
std::set<std::string> sources_of(const Snapshot &snapshot);

} // namespace scl
