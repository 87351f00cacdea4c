// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <optional>
#include <system_error>
#include <thread>

#include "print/json.hpp"
#include "print/text.hpp"

namespace scl {

// The screen of a terminal.
static const std::string erase = "\033[H\033[2J";

static bool is_wrong(const Device &device)
{
	return device.going() || device.blocked() || device.transport.lost ||
	       (device.state && device.state != "running");
}

// Of a machine that is well, what it was not seen by.
static List<Device> gaps_of(const Machine &machine, const std::vector<const Device *> &devices,
			    bool named)
{
	List<Device> gaps;
	gaps.lacks(machine.module.loaded.unread());
	for (const auto *device : devices)
		for (const auto &reason : device->unread())
			gaps.lacks(reason);
	if (named)
		return gaps;
	for (const auto *list : {&machine.hosts.unread, &machine.devices.unread})
		for (const auto &reason : *list)
			gaps.lacks(reason);
	return gaps;
}

static bool is_worth_a_line(const Device &device)
{
	return is_wrong(device) || !device.unread().empty() ||
	       (device.guarded && device.guarded->holds.value_or(0));
}

// What one look cannot see, the next may; but a mistake of the user stays one.
static std::optional<Sight> see_once(const Context &context, const StatusOptions &options)
{
	try {
		return see(context,
			   {Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps});
	} catch (const Failure &failure) {
		if (!options.watch || failure.code == Exit::usage)
			throw;
		note(context, fmt::format("{}\n", failure.what()));
	} catch (const std::system_error &error) {
		if (!options.watch)
			throw;
		note(context, fmt::format("{}\n", error.what()));
	}
	return std::nullopt;
}

static Exit look(const Context &context, const StatusOptions &options)
{
	auto sight = see_once(context, options);
	if (!sight)
		return Exit::cannot_tell;
	auto &machine = sight->machine;
	see_openers(context, *sight,
		    [&](const Device &device) { return sight->selection.has(device.address); });
	auto devices = sight->devices();
	bool named = !context.wanted.all();
	if (!named)
		for (const auto &device : machine.devices)
			if (options.all || is_worth_a_line(device))
				devices.push_back(&device);
	auto gaps = gaps_of(machine, devices, named).unread;
	tell_unread(machine, gaps);
	auto text = context.json ? status_json(machine, devices)
				 : status_text(machine, devices, Paint(context.colour));
	print(options.watch && context.terminal ? erase + text : text);
	note_absent(context, sight->selection);
	note(context, unseen_text(machine));
	bool wrong = std::any_of(devices.begin(), devices.end(),
				 [](const Device *device) { return is_wrong(*device); });
	if (wrong)
		return Exit::found;
	return gaps.empty() && sight->selection.unsure.empty() ? Exit::done : Exit::cannot_tell;
}

// Until the deadline, then with the code of the last look; or until a signal ends the program.
Exit status(const Context &given, const StatusOptions &options)
{
	auto context = given;
	auto end = context.timeout ? context.deadline() : Time::max();
	for (;;) {
		auto code = look(context, options);
		if (!options.watch)
			return code;
		auto next = Clock::now() + in_seconds(*options.watch);
		std::this_thread::sleep_until(std::min(next, end));
		if (next >= end)
			return code;
		context.look_anew();
	}
}

} // namespace scl
