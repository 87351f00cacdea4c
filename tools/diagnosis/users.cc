// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/risk.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <set>

#include "base/text.hpp"
#include "print/words.hpp"

namespace scl {

static const std::string block = "sys/class/block/";

// The disk and its partitions: the place of a partition ends in .../sdc/sdc1.
static std::set<std::string> parts_of(const Snapshot &snapshot, const std::string &disk)
{
	std::set<std::string> names = {disk};
	for (const auto &name : snapshot.list("sys/class/block")) {
		auto place = snapshot.link(block + name).value_or("");
		if (place.ends_with("/" + disk + "/" + name))
			names.insert(name);
	}
	return names;
}

// mountinfo's third field is MAJOR:MINOR, its fifth the place, where a space is "\040".
static void add_mounts(std::vector<std::string> &users, const Snapshot &snapshot,
		       const std::set<std::string> &names)
{
	auto mounts = snapshot.whole("proc/self/mountinfo");
	for (auto line : lines(mounts)) {
		auto fields = words(line);
		if (fields.size() < 5)
			continue;
		for (const auto &name : names)
			if (snapshot.text(block + name + "/dev") == fields[2])
				users.push_back(fmt::format("{} is mounted on {}", name,
							    printable(fields[4])));
	}
}

// The first field of a line is a path.
static void add_swaps(std::vector<std::string> &users, const Snapshot &snapshot,
		      const std::set<std::string> &names)
{
	auto swaps = snapshot.whole("proc/swaps");
	for (auto line : lines(swaps)) {
		auto fields = words(line);
		if (fields.empty())
			continue;
		for (const auto &name : names)
			if (fields[0] == "/dev/" + name)
				users.push_back(name + " is swap");
	}
}

static void add_processes(std::vector<std::string> &users, const Snapshot &snapshot,
			  const std::set<std::string> &names)
{
	std::set<std::string> seen;
	for (const auto &[path, target] : snapshot.links()) {
		auto parts = split(path, '/');
		if (parts.size() != 4 || parts[0] != "proc" || parts[2] != "fd" ||
		    !target.starts_with("/dev/") || !names.contains(target.substr(5)))
			continue;
		auto pid = std::string(parts[1]);
		auto comm = snapshot.text("proc/" + pid + "/comm").value_or("?");
		auto user = fmt::format("{} is open in {} ({})", target.substr(5), printable(comm),
					pid);
		if (seen.insert(user).second)
			users.push_back(user);
	}
}

std::vector<std::string> users_of(const Machine &machine, const Snapshot &snapshot,
				  const Device &device)
{
	std::vector<std::string> users;
	if (device.disk.empty())
		return users;
	auto names = parts_of(snapshot, device.disk);
	std::set<const Map *> maps;
	for (const auto &name : names) {
		for (const auto *map : machine.above(name))
			maps.insert(map);
		for (const auto &holder : snapshot.list(block + name + "/holders"))
			if (!holder.starts_with("dm-"))
				users.push_back(
					fmt::format("{} holds {}", printable(holder), name));
	}
	for (const auto *map : maps)
		users.push_back(name_of(*map) + " stands on it");
	std::sort(users.begin(), users.end());
	add_mounts(users, snapshot, names);
	add_swaps(users, snapshot, names);
	add_processes(users, snapshot, names);
	return users;
}

} // namespace scl
