// SPDX-License-Identifier: GPL-2.0
#include "model/select.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/exit.hpp"
#include "base/text.hpp"
#include "model/gap.hpp"
#include "model/name.hpp"
#include "model/path.hpp"

namespace scl {

static const std::string block = "sys/class/block/";

static Failure unknown(const std::string &name, const std::string &why)
{
	return Failure(Exit::usage, in_quotes(name) + " " + why);
}

std::vector<std::string> patterns_of(const Wanted &wanted)
{
	std::vector<std::string> patterns;
	for (const auto *list : {&wanted.names, &wanted.drivers})
		for (const auto &name : *list)
			if (name.empty())
				throw unknown(name, "is an empty name");
	for (const auto &name : wanted.names) {
		if (!is_path(name))
			continue;
		if (name.find_first_of("*?[]{}") != name.npos || name.find('\0') != name.npos)
			throw unknown(name, "is a pattern, and no device's path");
		patterns.push_back("%" + path_of(name));
	}
	return patterns;
}

namespace {

class Selector {
public:
	Selector(const Machine &machine, const Snapshot &snapshot)
		: machine_(machine), snapshot_(snapshot), gaps_(machine, snapshot)
	{
	}

	void name(const std::string &name)
	{
		if (auto address = parse_address(name))
			return machine_.device(*address)
				       ? add(*address)
				       : gone(name, no_device, gaps_.at(*address));
		if (auto host = number_after("host", name))
			return this->host(name, *host);
		if (is_path(name))
			return path(name);
		if (by_disk(name) || by_map(name, name) || by_wwid(name, name) ||
		    by_former_disk(name))
			return;
		if (snapshot_.has(block + name + "/dev"))
			return no_disk(name, gaps_.disks());
		if (may_be_disk(name))
			return gone(name, has_no_disk, gaps_.disks());
		if (may_be_wwid(name))
			return gone(name, has_no_wwid, gaps_.wwids());
		if (may_be_map(name) || may_be_wwid_in_text(name) || find_removed(machine_, name) ||
		    !gaps_.maps().empty())
			return gone(name, any_device, gaps_.all());
		throw unknown(name, "names no SCSI device: expected H:C:T:L, sdX, a path, a WWID, "
				    "a dm map or hostN");
	}

	template <typename Fits, typename Unknown>
	void matching(const std::string &name, Fits fits, Unknown unknown_of,
		      const std::string &gap)
	{
		bool any = false;
		for (const auto &device : machine_.devices)
			if (fits(device))
				add(device.address), any = true;
		if (any)
			more(name, gap);
		else
			gone(name, unknown_of, gap);
	}

	void host(const std::string &name, unsigned number)
	{
		matching(
			name, [&](const Device &d) { return d.address.host == number; }, no_device,
			gaps_.on_host(number));
	}

	const Gaps &gaps() const { return gaps_; }

	Selection take()
	{
		auto &found = selection_.addresses;
		std::sort(found.begin(), found.end());
		found.erase(std::unique(found.begin(), found.end()), found.end());
		return std::move(selection_);
	}

private:
	void add(const Address &address) { selection_.addresses.push_back(address); }

	static bool no_device(const Device &) { return false; }
	static bool any_device(const Device &) { return true; }

	// A device under removal may be meant where what the name tells of a device is not known of
	// it.
	template <typename Unknown> void maybe(const std::string &name, Unknown unknown_of)
	{
		auto &candidates = selection_.candidates[name];
		for (const auto &device : machine_.devices)
			if (device.half_removed && unknown_of(device))
				candidates.push_back(device.address);
	}

	template <typename Unknown>
	void gone(const std::string &name, Unknown unknown_of, const std::string &gap)
	{
		if (!gap.empty())
			return unsure(name, "not there by name, and not all was seen: " + gap);
		selection_.gone.push_back(name);
		maybe(name, unknown_of);
	}

	void unsure(const std::string &name, const std::string &why)
	{
		selection_.unsure.push_back({name, why});
	}

	// Beside those that were found.
	void more(const std::string &name, const std::string &gap)
	{
		if (!gap.empty())
			unsure(name, "more devices may be meant: " + gap);
	}

	void no_disk(const std::string &name, const std::string &gap)
	{
		if (gap.empty())
			throw unknown(name, "is not a SCSI disk");
		unsure(name, "which device it is was not seen: " + gap);
	}

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

	// Or a partition of one, "sdc1". The name may be another disk's by now: that comes first.
	bool by_former_disk(const std::string &name)
	{
		bool found = false;
		for (const auto &device : machine_.devices) {
			const auto &disk = device.was_disk;
			if (!device.half_removed || disk.empty() || !name.starts_with(disk) ||
			    name.find_first_not_of("0123456789", disk.size()) != name.npos)
				continue;
			add(device.address);
			found = true;
		}
		return found;
	}

	// A map whose name was not read has an empty one.
	const Map *map_of(const std::string &name) const
	{
		if (name.empty())
			return nullptr;
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
			if (by_disk(slave) || by_former_disk(slave) ||
			    (below && add_paths(*below, depth + 1)))
				continue;
			if (snapshot_.has("sys/class/block") && !is_block(slave))
				lost_.push_back(slave);
			else
				no_other = false;
		}
		return no_other;
	}

	bool is_block(const std::string &name) const
	{
		const auto &names = snapshot_.list("sys/class/block");
		return std::find(names.begin(), names.end(), name) != names.end();
	}

	static bool has_no_disk(const Device &device) { return device.known_disk().empty(); }
	static bool has_no_wwid(const Device &d)
	{
		return !d.knows_wwid && d.known_wwid().text().empty();
	}

	// A map of other devices alone is no SCSI disk; one of none has lost its paths. A path
	// whose removal hangs is in no map, or is there by a name that is nowhere else.
	bool by_map(const std::string &wanted, const std::string &name)
	{
		const auto *map = map_of(name);
		auto before = selection_.addresses.size();
		if (!map)
			return false;
		lost_.clear();
		bool no_other = add_paths(*map);
		bool has_paths = selection_.addresses.size() > before;
		if (auto gap = gaps_.disks(); !gap.empty())
			return more(wanted, gap), true;
		bool by_wwid = is_wwid(name, map->wwid());
		if (by_wwid)
			more(wanted, gaps_.wwids());
		if (no_other || has_paths)
			add_of_wwid(map->wwid(), by_wwid);
		if (has_paths)
			for (const auto &slave : lost_)
				gone(slave, has_no_disk, "");
		if (selection_.addresses.size() > before)
			return map->wwid().empty() ? void() : maybe(wanted, has_no_wwid), true;
		if (no_other) {
			selection_.pathless.push_back({wanted, map->wwid()});
			maybe(wanted,
			      map->wwid().empty() || !lost_.empty() ? any_device : has_no_wwid);
		}
		return no_other;
	}

	// A path that is in use and in no map is meant by the WWID, and not by the map.
	void add_of_wwid(const std::string &wwid, bool by_wwid)
	{
		for (const auto &device : machine_.devices)
			if ((by_wwid || device.half_removed) && device.has_wwid(wwid))
				add(device.address);
	}

	bool by_wwid(const std::string &wanted, const std::string &name)
	{
		bool any = false;
		for (const auto &device : machine_.devices)
			if (device.has_wwid(name))
				add(device.address), any = true;
		if (any)
			more(wanted, gaps_.wwids()), maybe(wanted, has_no_wwid);
		return any;
	}

	void path(const std::string &name)
	{
		auto read = path_of(name);
		auto number = snapshot_.text(read);
		if (!number) {
			if (int error = snapshot_.error(read))
				throw failure_of(error, in_quotes(name), Exit::usage);
			if (!number.unread().empty())
				return no_disk(name, number.unread());
			return by_former_path(name, read);
		}
		for (const auto &disk : snapshot_.list("sys/class/block")) {
			if (snapshot_.text(block + disk + "/dev") != *number)
				continue;
			if (by_disk(disk) || by_former_disk(disk) || by_map(name, disk))
				return;
			break;
		}
		no_disk(name, gaps_.numbers());
	}

	// udev's names of a disk that is gone: "/dev/sdc", "wwn-0x600c...", "scsi-3600c...-part1",
	// and "/dev/mapper/mpatha".
	void by_former_path(const std::string &name, const std::string &path)
	{
		auto last = path.substr(path.rfind('/') + 1);
		if (path == "dev/" + last && by_former_disk(last))
			return;
		if (path == "dev/mapper/" + last && by_map(name, last))
			return;
		if (path != "dev/disk/by-id/" + last)
			return may_be_disk(last) ? gone(name, has_no_disk, gaps_.disks())
						 : gone(name, any_device, gaps_.all());
		last = last.substr(0, last.rfind("-part"));
		for (const char *prefix : {"wwn-0x", "scsi-", "dm-uuid-mpath-"})
			if (last.starts_with(prefix) &&
			    by_wwid(name, last.substr(std::string(prefix).size())))
				return;
		gone(name, any_device, gaps_.all());
	}

	const Machine &machine_;
	const Snapshot &snapshot_;
	const Gaps gaps_;
	Selection selection_;
	// The slaves of a map that nothing else in sysfs shows.
	std::vector<std::string> lost_;
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
		selector.matching(
			session,
			[&](const Device &device) { return device.transport.name == session; },
			[](const Device &device) { return device.transport.name.empty(); },
			selector.gaps().sessions());
	}
	for (const auto &driver : wanted.drivers)
		selector.matching(
			driver, [&](const Device &d) { return d.driver == driver; },
			[](const Device &d) { return !d.driver || d.driver == "unknown"; },
			selector.gaps().drivers());
	return selector.take();
}

} // namespace scl
