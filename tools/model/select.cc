// SPDX-License-Identifier: GPL-2.0
#include "model/select.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fmt/core.h>

#include "base/exit.hpp"
#include "base/text.hpp"

namespace scl {

static const std::string block = "sys/class/block/";

static bool is_path(const std::string &name)
{
	return name.find('/') != name.npos;
}

// As the snapshot has it.
static std::string path_of(const std::string &name)
{
	auto path = name[0] == '/' ? name : std::filesystem::current_path().string() + "/" + name;
	return std::filesystem::path(path).lexically_normal().relative_path().string();
}

static Failure unknown(const std::string &name, const std::string &why)
{
	return Failure(Exit::usage, in_quotes(name) + " " + why);
}

std::vector<std::string> patterns_of(const Wanted &wanted)
{
	std::vector<std::string> patterns;
	for (const auto &name : wanted.names) {
		if (!is_path(name))
			continue;
		if (name.find_first_of("*?[]{}") != name.npos || name.find('\0') != name.npos)
			throw unknown(name, "is a pattern, and no device's path");
		patterns.push_back("%" + path_of(name));
	}
	return patterns;
}

// multipath writes a NAA name as "3" and its digits.
static bool is_wwid(const std::string &name, const std::string &wwid)
{
	if (wwid.empty() || name.empty())
		return false;
	auto dot = wwid.find('.');
	auto digits = dot == wwid.npos ? wwid : wwid.substr(dot + 1);
	return name == wwid || name == digits || (wwid.starts_with("naa.") && name == "3" + digits);
}

static bool all_hex(std::string_view text)
{
	return std::all_of(text.begin(), text.end(), [](unsigned char c) { return isxdigit(c); });
}

static bool may_be_wwid(const std::string &name)
{
	for (const char *prefix : {"naa.", "eui.", "t10.", "scsi."})
		if (name.starts_with(prefix) && name.size() > 4)
			return true;
	auto digits = name.size();
	return (digits == 16 || digits == 17 || digits == 32 || digits == 33) && all_hex(name);
}

static bool may_be_disk(const std::string &name)
{
	auto letters = std::string_view(name).substr(std::min<std::size_t>(2, name.size()));
	return (name.starts_with("sd") || name.starts_with("sr") || name.starts_with("st") ||
		name.starts_with("sg")) &&
	       !letters.empty() && letters.size() < 8 &&
	       std::all_of(letters.begin(), letters.end(),
			   [](unsigned char c) { return islower(c) || isdigit(c); });
}

// As multipathd and the kernel name maps. A name of another kind that is gone tells nothing.
static bool may_be_map(const std::string &name)
{
	auto all = [&](std::size_t from, int (*fits)(int)) {
		return name.size() > from &&
		       std::all_of(name.begin() + static_cast<long>(from), name.end(),
				   [&](unsigned char c) { return fits(c) != 0; });
	};
	return (name.starts_with("mpath") && all(5, islower)) ||
	       (name.starts_with("dm-") && all(3, isdigit));
}

namespace {

class Selector {
public:
	Selector(const Machine &machine, const Snapshot &snapshot)
		: machine_(machine), snapshot_(snapshot)
	{
	}

	void name(const std::string &name)
	{
		if (auto address = parse_address(name))
			return machine_.device(*address) ? add(*address) : gone(name);
		if (auto host = number_after("host", name))
			return this->host(name, *host);
		if (is_path(name))
			return path(name);
		if (by_disk(name) || by_map(name, name) || by_wwid(name))
			return;
		if (snapshot_.has(block + name + "/dev"))
			throw unknown(name, "is not a SCSI disk");
		if (may_be_disk(name) || may_be_wwid(name) || may_be_map(name) ||
		    find_removed(machine_, name))
			return gone(name);
		throw unknown(name, "names no SCSI device: expected H:C:T:L, sdX, a path, a WWID, "
				    "a dm map or hostN");
	}

	template <typename Fits> void matching(const std::string &name, Fits fits)
	{
		bool any = false;
		for (const auto &device : machine_.devices)
			if (fits(device))
				add(device.address), any = true;
		if (!any)
			gone(name);
	}

	void host(const std::string &name, unsigned number)
	{
		matching(name, [&](const Device &d) { return d.address.host == number; });
	}

	Selection take()
	{
		auto &found = selection_.addresses;
		std::sort(found.begin(), found.end());
		found.erase(std::unique(found.begin(), found.end()), found.end());
		return std::move(selection_);
	}

private:
	void add(const Address &address) { selection_.addresses.push_back(address); }
	void gone(const std::string &name) { selection_.gone.push_back(name); }

	// A disk, a partition of one, or a map.
	bool by_disk(const std::string &name)
	{
		for (const auto &device : machine_.devices)
			if (!device.disk.empty() && device.disk == name)
				return add(device.address), true;
		auto place = snapshot_.link(block + name).value_or("");
		auto parts = split(place, '/');
		if (parts.size() > 1 && parts[parts.size() - 2] != "block" &&
		    parts[parts.size() - 2] != name)
			return by_disk(std::string(parts[parts.size() - 2]));
		return false;
	}

	const Map *map_of(const std::string &name) const
	{
		for (const auto &map : machine_.maps)
			if (map.name == name || map.disk == name)
				return &map;
		return nullptr;
	}

	// Adds the disks below it. Whether there is nothing but them, and maps that have none.
	bool add_paths(const Map &map, int depth = 0)
	{
		auto list = block + map.disk + "/slaves";
		if (!snapshot_.has(list))
			throw Failure(Exit::cannot_tell, fmt::format("/{} was not read: the paths "
								     "of {} are not known",
								     list, printable(map.disk)));
		bool no_other = true;
		for (const auto &slave : map.slaves) {
			const auto *below = depth < 8 ? map_of(slave) : nullptr;
			no_other &= by_disk(slave) || (below && add_paths(*below, depth + 1));
		}
		return no_other;
	}

	// A map of other devices alone is no SCSI disk; one of none has lost its paths.
	bool by_map(const std::string &wanted, const std::string &name)
	{
		const auto *map = map_of(name);
		auto before = selection_.addresses.size();
		if (!map)
			return false;
		bool no_other = add_paths(*map);
		if (selection_.addresses.size() > before)
			return true;
		const std::string multipath = "mpath-";
		if (no_other)
			selection_.pathless.push_back(
				{wanted, map->uuid.starts_with(multipath)
						 ? map->uuid.substr(multipath.size())
						 : ""});
		return no_other;
	}

	bool by_wwid(const std::string &name)
	{
		bool any = false;
		for (const auto &device : machine_.devices)
			if (is_wwid(name, device.wwid.text()))
				add(device.address), any = true;
		return any;
	}

	void path(const std::string &name)
	{
		auto read = path_of(name);
		auto number = snapshot_.text(read);
		if (!number) {
			if (int error = snapshot_.error(read))
				throw failure_of(error, in_quotes(name), Exit::usage);
			return gone(name);
		}
		for (const auto &disk : snapshot_.list("sys/class/block")) {
			if (snapshot_.text(block + disk + "/dev") != *number)
				continue;
			if (by_disk(disk) || by_map(name, disk))
				return;
			throw unknown(name, "is not a SCSI disk");
		}
		throw unknown(name, "is not a SCSI disk");
	}

	const Machine &machine_;
	const Snapshot &snapshot_;
	Selection selection_;
};

} // namespace

Selection select(const Machine &machine, const Snapshot &snapshot, const Wanted &wanted)
{
	if (!wanted.all() && !machine.devices_seen)
		throw Failure(Exit::cannot_tell, "/sys/bus/scsi/devices was not read: whether a "
						 "device is there is not known");
	Selector selector(machine, snapshot);
	for (const auto &name : wanted.names)
		selector.name(name);
	for (auto number : wanted.hosts)
		selector.host(fmt::format("host{}", number), number);
	for (auto number : wanted.sessions) {
		auto session = fmt::format("session{}", number);
		selector.matching(session, [&](const Device &device) {
			return device.transport.name == session;
		});
	}
	for (const auto &driver : wanted.drivers)
		selector.matching(driver, [&](const Device &d) { return d.driver == driver; });
	return selector.take();
}

// The higher, the worse for what the disk was to keep.
static int loss_of(const Removed &removed)
{
	if (removed.flush == "killed")
		return 2;
	return removed.flush == "completed" || removed.flush == "none" ? 0 : 1;
}

const Removed *find_removed(const Machine &machine, const std::string &name)
{
	const Removed *worst = nullptr;
	auto address = parse_address(name);
	for (const auto &removed : machine.removed) {
		// A removal whose disk is not known has no name for it.
		bool same = (address && removed.address == *address) ||
			    (!name.empty() && removed.disk == name) || is_wwid(name, removed.wwid);
		if (!same)
			continue;
		int more = worst ? loss_of(removed) - loss_of(*worst) : 1;
		if (more > 0 || (!more && removed.ago.value_or(0) <= worst->ago.value_or(0)))
			worst = &removed;
	}
	return worst;
}

} // namespace scl
