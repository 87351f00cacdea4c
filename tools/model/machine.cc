// SPDX-License-Identifier: GPL-2.0
#include "model/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/core.h>

#include "base/text.hpp"

namespace scl {

const Device *Machine::device(const Address &address) const
{
	auto found = std::find_if(devices.begin(), devices.end(),
				  [&](const Device &device) { return device.address == address; });
	return found == devices.end() ? nullptr : &*found;
}

Device &Machine::enter(const Address &address)
{
	auto place = std::lower_bound(
		devices.begin(), devices.end(), address,
		[](const Device &device, const Address &a) { return device.address < a; });
	if (place != devices.end() && place->address == address)
		return *place;
	Device device;
	device.address = address;
	device.half_removed = true;
	device.driver = driver(address.host);
	return *devices.insert(place, std::move(device));
}

const Host *Machine::host(unsigned number) const
{
	auto found = std::find_if(hosts.begin(), hosts.end(),
				  [&](const Host &host) { return host.number == number; });
	return found == hosts.end() ? nullptr : &*found;
}

Value<std::string> Machine::driver(unsigned number) const
{
	if (const auto *its_host = host(number))
		return its_host->driver;
	return Value<std::string>::not_read(hosts.unread.empty() ? "" : hosts.unread.front());
}

std::vector<std::string> Device::unread() const
{
	List<std::string> reasons;
	reasons.lacks(state.unread());
	reasons.lacks(transport.kind.unread());
	reasons.lacks(transport.state.unread());
	if (guarded) {
		reasons.lacks(guarded->state.unread());
		reasons.lacks(guarded->blocked.unread());
	}
	return reasons.unread;
}

std::vector<const Map *> Machine::above(const std::string &disk) const
{
	std::vector<const Map *> found;
	std::vector<std::string> below = {disk};
	// A map is found once, so that this ends whatever the slaves are.
	for (std::size_t i = 0; i < below.size(); i++) {
		for (const auto &map : maps) {
			auto stands = std::find(map.slaves.begin(), map.slaves.end(), below[i]);
			bool known = std::find(found.begin(), found.end(), &map) != found.end();
			if (stands == map.slaves.end() || known)
				continue;
			found.push_back(&map);
			below.push_back(map.disk);
		}
	}
	return found;
}

// What the caller may not read. One sentence stands for many files.
static void note_forbidden(const Snapshot &snapshot, Machine &machine)
{
	std::size_t stacks = 0, files = 0;
	std::string debugfs, log;
	for (const auto &path : snapshot.forbidden()) {
		if (path.ends_with("/stack"))
			stacks++;
		else if (path.starts_with("proc/") && path.ends_with("/fd"))
			files++;
		else if (path.starts_with("sys/kernel/debug") && debugfs.empty())
			debugfs = path;
		else if (path == "dev/kmsg")
			log = path;
	}
	auto say = [&](const std::string &what) {
		machine.unseen.push_back(what + ": not permitted");
	};
	if (stacks)
		say("the stacks of " + plural(stacks, "waiting thread"));
	if (files)
		say(fmt::format("what {} {} open", files,
				files == 1 ? "process has" : "processes have"));
	if (!debugfs.empty())
		say("/" + debugfs);
	if (!log.empty())
		say("/" + log);
}

// What was met with another error. note_forbidden() and the areas have told the rest. EINVAL is a
// link's that is none: a verb that relies on it tells it.
static void note_failures(const Snapshot &snapshot, Machine &machine)
{
	for (const auto &[path, reason] : snapshot.failures()) {
		int error = snapshot.error(path);
		bool is_told = snapshot.hanging().contains(path) || error == EINVAL ||
			       (path.starts_with("sys/kernel/debug") &&
				(error == EACCES || error == EPERM));
		bool is_stat = path.starts_with("proc/") && path.ends_with("/stat");
		if (!is_told && (path.starts_with("sys/") || is_stat))
			machine.unseen.push_back(reason);
	}
}

Machine machine_of(const Snapshot &snapshot)
{
	Machine machine;
	read_module(snapshot, machine);
	read_hosts(snapshot, machine);
	read_devices(snapshot, machine);
	read_guarded(snapshot, machine);
	read_maps(snapshot, machine);
	read_tasks(snapshot, machine);
	read_former(snapshot, machine);
	machine.unseen.insert(machine.unseen.end(), snapshot.unseen().begin(),
			      snapshot.unseen().end());
	machine.hanging_reads = snapshot.hanging().size();
	note_forbidden(snapshot, machine);
	note_failures(snapshot, machine);
	return machine;
}

} // namespace scl
