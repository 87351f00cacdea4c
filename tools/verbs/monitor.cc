// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/core.h>

#include "node/watcher.hpp"
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

Exit monitor(const Context &context)
{
	auto sight =
		see(context, {Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps});
	need_module(sight.machine);
	Watcher watcher(context.root.path, sight.selection.addresses, [&](const Event &event) {
		print(context.json ? event_json(event) : event_text(event));
	});
	auto devices = sight.devices();
	if (context.wanted.all())
		for (const auto &device : sight.machine.devices)
			devices.push_back(&device);
	follow_all(context, devices, watcher);
	if (!watcher.unseen().empty())
		note(context, "not seen: " + watcher.unseen() + "\n");
	if (!context.wanted.all() && devices.empty())
		return Exit::done;
	watcher.run(context.timeout);
	return Exit::done;
}

} // namespace scl
