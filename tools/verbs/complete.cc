// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include <fmt/core.h>

namespace scl {

Exit complete(const Context &context)
{
	auto sight = see(context, {Area::hosts, Area::devices, Area::maps});
	std::string text;
	for (const auto &device : sight.machine.devices) {
		text += to_text(device.address) + "\n";
		if (!device.disk.empty())
			text += device.disk + "\n";
	}
	for (const auto &map : sight.machine.maps)
		if (map.uuid.starts_with("mpath-"))
			text += map.name + "\n";
	for (const auto &host : sight.machine.hosts)
		text += fmt::format("host{}\n", host.number);
	print(text);
	return Exit::done;
}

} // namespace scl
