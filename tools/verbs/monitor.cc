// SPDX-License-Identifier: GPL-2.0
#include "verbs/monitor.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <map>

#include "print/text.hpp"
#include "print/words.hpp"

namespace scl {

// A device that has gone meanwhile is no mistake; a reader that may open none is.
static void follow_all(const Context &context, const std::vector<const Device *> &devices,
		       Watcher &watcher)
{
	for (const auto *device : devices) {
		int error = watcher.add(device->address);
		if (error == EACCES || error == EPERM)
			throw failure_of(error, "monitor " + name_of(*device), Exit::cannot_tell);
		if (error)
			note(context, fmt::format("{}: not followed: {}\n", name_of(*device),
						  std::strerror(error)));
	}
}

static constexpr int most_readings = 3;

// A busy machine may not answer in time at first. What comes meanwhile is heard.
static Sight see_all(Context &context)
{
	for (int readings = 1;; readings++) {
		auto sight = see(context, {Area::module, Area::hosts, Area::devices, Area::guarded,
					   Area::maps});
		if (sight.machine.unseen.empty() || readings == most_readings)
			return sight;
		note(context, unseen_text(sight.machine));
		context.look_anew();
	}
}

static void follow_seen(const Context &context, const Sight &sight, Watcher &watcher)
{
	note(context, unseen_text(sight.machine));
	auto devices = sight.devices();
	if (context.wanted.all())
		for (const auto &device : sight.machine.devices)
			devices.push_back(&device);
	follow_all(context, devices, watcher);
}

bool follow_anew(Context &context, const std::vector<Address> &addresses, Watcher &watcher)
{
	if (!context.wanted.all()) {
		context.wanted = {};
		for (const auto &address : addresses)
			context.wanted.names.push_back(to_text(address));
	}
	context.look_anew();
	try {
		follow_seen(context, see_all(context), watcher);
	} catch (const std::exception &error) {
		note(context, fmt::format("not seen: {}; the devices are read again\n",
					  printable(error.what())));
		return false;
	}
	return true;
}

// A node that was not there may have been that of a device that went, or of none that has one.
static bool are_gone(const Context &given, const std::set<Address> &devices)
{
	if (devices.empty())
		return true;
	auto context = given;
	context.wanted = {};
	for (const auto &address : devices)
		context.wanted.names.push_back(to_text(address));
	context.look_anew();
	auto sight = see(context, {Area::module, Area::devices, Area::guarded});
	for (const auto *device : sight.devices())
		note(context, name_of(*device) + ": still there\n");
	for (const auto &unsure : sight.selection.unsure)
		note(context, fmt::format("{}: {}\n", unsure.name, unsure.why));
	return sight.selection.addresses.empty() && sight.selection.unsure.empty();
}

Exit monitor(const Context &given)
{
	auto context = given;
	// First of all: a device that comes while the machine is read is heard, or seen, or both.
	Watcher watcher(context.root.path, [&](const Event &event) {
		print(context.json ? event_json(event) : event_text(event));
	});
	auto sight = see_all(context);
	// Where that was not seen, its devices are heard all the same.
	if (module_is_missing(sight.machine))
		need_module(sight.machine);
	std::map<Address, std::string> named;
	for (const auto &address : sight.selection.addresses)
		if (const auto *device = sight.machine.device(address))
			named[address] = device->known_wwid().text();
	watcher.only(named);
	note_absent(context, sight.selection);
	follow_seen(context, sight, watcher);
	if (!watcher.unseen().empty())
		note(context, "not seen: " + watcher.unseen() + "\n");
	if (!context.wanted.all() && sight.devices().empty())
		return sight.selection.unsure.empty() ? Exit::done : Exit::cannot_tell;
	auto deadline = context.timeout ? std::optional(context.deadline()) : std::nullopt;
	bool is_late = watcher.run(deadline, [&] {
		note(context, "not seen: events of udevd were lost, or what came was not read; all "
			      "devices are read anew, removals of hosts among them are not told\n");
		return follow_anew(context, sight.selection.addresses, watcher);
	});
	if (is_late)
		return Exit::timed_out;
	if (context.wanted.all() ||
	    (are_gone(context, watcher.unfollowed()) && sight.selection.unsure.empty()))
		return Exit::done;
	return Exit::cannot_tell;
}

} // namespace scl
