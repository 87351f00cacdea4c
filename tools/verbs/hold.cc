// SPDX-License-Identifier: GPL-2.0
// The nodes' ioctls: a hold, and the end of a teardown.
#include "verbs/verb.hpp"

#include <cerrno>
#include <fmt/core.h>

#include "base/output.hpp"
#include "print/words.hpp"
#include "verbs/held.hpp"
#include "verbs/same.hpp"

namespace scl {

static Failure refused(const Device &device, const char *verb, int error)
{
	auto what = fmt::format("{} {}", verb, name_of(device));
	switch (error) {
	case ENOENT:
	case ENODEV:
	case ENXIO: return Failure(Exit::flush_unknown, what + ": it is gone, or its time is up");
	case ENOTTY:
		return Failure(Exit::needs_module,
			       what + ": the module or this program is too old");
	}
	return failure_of(error, what, Exit::refused);
}

// For a device that was going when it was seen: its node is not there, or takes no end any more.
static Failure refused_going(const Context &given, const Device &device, const char *verb,
			     int error)
{
	auto context = given;
	context.wanted = {};
	context.wanted.names = {to_text(device.address)};
	context.look_anew();
	auto now = see(context, {Area::module, Area::devices, Area::guarded});
	const auto *found = now.machine.device(device.address);
	if (!found && !now.selection.unsure.empty())
		return Failure(Exit::cannot_tell, fmt::format("{} {}: {}", verb, name_of(device),
							      now.selection.unsure.front().why));
	if (!found || !found->going())
		return refused(device, verb, error);
	return Failure(Exit::refused,
		       fmt::format("{} {}: {}", verb, name_of(device),
				   error == ENODEV
					   ? "its time is up already, and it is still there"
					   : "it has no node: its removal had left sysfs when the "
					     "module was loaded"));
}

static std::deque<Node> open_nodes(const Context &context, const Sight &sight, const char *verb)
{
	need_devices(context, verb);
	need_module(sight.machine);
	for (const auto &name : sight.selection.gone)
		throw Failure(Exit::flush_unknown, fmt::format("{} {}: it is gone", verb, name));
	for (const auto &map : sight.selection.pathless)
		throw Failure(Exit::flush_unknown,
			      fmt::format("{} {}: its paths are gone", verb, map.name));
	for (const auto &unsure : sight.selection.unsure)
		throw Failure(Exit::cannot_tell,
			      fmt::format("{} {}: {}", verb, unsure.name, unsure.why));
	std::deque<Node> nodes;
	for (const auto *device : sight.devices()) {
		const auto &node = nodes.emplace_back(context.root.path, device->address);
		if (!node.is_open())
			throw device->going() && node.error() == ENOENT
				? refused_going(context, *device, verb, node.error())
				: refused(*device, verb, node.error());
	}
	need_same(context, sight.devices(), verb);
	return nodes;
}

Exit hold(const Context &context, const std::vector<std::string> &command)
{
	auto sight =
		see(context, {Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps});
	auto nodes = open_nodes(context, sight, "hold");
	auto devices = sight.devices();
	for (std::size_t i = 0; i < nodes.size(); i++)
		if (int error = nodes[i].hold())
			throw error == EACCES
				? Failure(Exit::refused, fmt::format("hold {}: forbidden, hold_max "
								     "may be 0",
								     name_of(*devices[i])))
				: refused(*devices[i], "hold", error);
	if (!command.empty())
		return run_held(context, devices, nodes, command);
	for (const auto *device : devices)
		note(context, name_of(*device) + ": held\n");
	return keep_held(context, devices, nodes);
}

// What the end of its time does not end.
static std::string left_of(const Device &device)
{
	if (!device.guarded || !device.guarded->waits_for.unread().empty())
		return "for what was not read";
	auto waits_for = device.guarded->waits_for.text();
	if (waits_for == "path")
		return "no longer";
	if (waits_for == "lld")
		return "for its driver alone, and what that has is asked back";
	if (waits_for == "error_handling")
		return fmt::format("for the error handling of host{} alone", device.address.host);
	if (parse_address(waits_for))
		return fmt::format("for {} alone", waits_for);
	return "for nothing that the module knows of";
}

// What was ended is told, also where others were not.
Exit end(const Context &context)
{
	auto sight =
		see(context, {Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps});
	auto nodes = open_nodes(context, sight, "end");
	auto devices = sight.devices();
	for (const auto *device : devices)
		if (device->guarded && !device->guarded->going())
			throw Failure(Exit::refused, fmt::format("end {}: it is not being removed",
								 name_of(*device)));
	std::string out;
	auto code = Exit::done;
	for (std::size_t i = 0; i < nodes.size(); i++) {
		int error = nodes[i].end();
		if (!error) {
			out += fmt::format("{}: its removal waits {}\n", name_of(*devices[i]),
					   left_of(*devices[i]));
			continue;
		}
		auto failure = error == ENODEV ? refused_going(context, *devices[i], "end", error)
					       : refused(*devices[i], "end", error);
		complain(failure.what());
		code = worse(code, failure.code);
	}
	return print_result(out, code);
}

} // namespace scl
