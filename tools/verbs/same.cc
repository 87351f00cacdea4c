// SPDX-License-Identifier: GPL-2.0
#include "verbs/same.hpp"

#include <fmt/core.h>

#include "model/identity.hpp"
#include "node/removal.hpp"
#include "print/words.hpp"

namespace scl {

void need_same(const Context &context, const std::vector<const Device *> &devices,
	       const std::string &verb)
{
	if (devices.empty())
		return;
	auto again = read_again(context.root);
	for (const auto *device : devices) {
		auto what = fmt::format("{} {}: ", verb, name_of(*device));
		const auto *now = again.device(device->address);
		if (!now && again.devices.unread.empty())
			continue;
		if (now && is_another(*device, *now))
			throw Failure(Exit::flush_unknown,
				      what + "it is gone, and another device has its address now");
		if (!now || !(is_same(*device, *now) || has_same_number(*device, *now)))
			throw Failure(Exit::cannot_tell,
				      what + "whether it is still the same device was not seen");
	}
}

} // namespace scl
