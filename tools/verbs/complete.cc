// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <fmt/core.h>

namespace scl {

// A shell expands nothing of such a name. A device whose name is another has its address.
static bool is_plain(const std::string &name)
{
	return !name.empty() && name[0] != '-' &&
	       std::all_of(name.begin(), name.end(), [](unsigned char c) {
		       return (c < 0x80 && isalnum(c)) || (c && std::strchr("_.:+-@%/,", c));
	       });
}

Exit complete(const Context &context)
{
	auto sight = see(context, {Area::hosts, Area::devices, Area::maps});
	std::string text;
	for (const auto &device : sight.machine.devices) {
		text += to_text(device.address) + "\n";
		if (is_plain(device.disk))
			text += device.disk + "\n";
	}
	for (const auto &map : sight.machine.maps)
		if (map.uuid.starts_with("mpath-") && is_plain(map.name))
			text += map.name + "\n";
	for (const auto &host : sight.machine.hosts)
		text += fmt::format("host{}\n", host.number);
	print(text);
	return Exit::done;
}

} // namespace scl
