// SPDX-License-Identifier: GPL-2.0
// What is used on a machine, and by what: taken from a snapshot once, for any number of devices.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "source/snapshot.hpp"

namespace scl {

class Uses {
public:
	explicit Uses(const Snapshot &snapshot);

	// Of one device: the names of its block devices, and those of all its nodes by kind and
	// number, "b8:0", "c21:0".
	struct Nodes {
		std::set<std::string> parts;
		std::map<std::string, std::string> numbers;
	};
	// Sentences: "sda1 is mounted on /srv".
	std::vector<std::string> of(const Nodes &nodes) const;
	// Loop devices that stand on them, and file systems that they are part of.
	std::vector<std::string> above(const Nodes &nodes) const;
	// The disk itself and its partitions.
	std::set<std::string> parts_of(const std::string &disk) const;

private:
	// By the number of what is used, or where that was not seen by its name in /dev.
	using Index = std::map<std::string, std::vector<std::size_t>>;
	// Of a use, which names the device at its begin, the name there.
	using Found = std::map<std::size_t, std::string>;

	void mounts();
	void systems();
	void swaps();
	void processes();
	void block_devices();
	void add(Index &index, const std::string &key, const std::string &what);
	std::string key_of(const std::string &path) const;
	static void find(const Index &index, const Nodes &nodes, Found &found);

	const Snapshot &snapshot_;
	// What stands behind a name: " is mounted on /srv".
	std::vector<std::string> whats_;
	// By a number of the kernel's, and by a path.
	Index by_number_, by_path_;
	// Of file systems that live, by the name of their device.
	std::multimap<std::string, std::string> systems_;
	// Names of loop devices by what they stand on, and of partitions by their disk.
	std::multimap<std::string, std::string> loops_, partitions_;
	// Sentences of a mounted btrfs, by the name of a device of it.
	std::set<std::string> btrfs_;
	std::size_t mounts_ = 0;
};

} // namespace scl
