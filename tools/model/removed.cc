// SPDX-License-Identifier: GPL-2.0
#include "model/name.hpp"
#include "model/select.hpp"

namespace scl {

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
