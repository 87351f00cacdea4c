// SPDX-License-Identifier: GPL-2.0
#include <map>

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

static bool is_later(const Removed &one, const Removed &other)
{
	return one.ago.value_or(0) <= other.ago.value_or(0);
}

// An address and a disk's name are given again: the last removal is meant. A WWID has a path at
// each of several addresses: of these the one that lost most.
const Removed *find_removed(const Machine &machine, const std::string &name)
{
	auto address = parse_address(name);
	std::map<Address, const Removed *> last;
	const Removed *named = nullptr, *worst = nullptr;
	for (const auto &removed : machine.removed) {
		// A removal whose disk is not known has no name for it.
		bool same = (address && removed.address == *address) ||
			    (!name.empty() && removed.disk == name);
		if (same && (!named || is_later(removed, *named)))
			named = &removed;
		if (!is_kept_wwid(name, removed.wwid))
			continue;
		auto *&here = last[removed.address];
		if (!here || is_later(removed, *here))
			here = &removed;
	}
	for (const auto &[place, removed] : last) {
		int more = worst ? loss_of(*removed) - loss_of(*worst) : 1;
		if (more > 0 || (!more && is_later(*removed, *worst)))
			worst = removed;
	}
	return named ? named : worst;
}

const Removed *doubt_of(const Machine &machine, const std::string &name, const Removed &found)
{
	if (parse_address(name) || loss_of(found))
		return nullptr;
	bool by_disk = found.disk == name;
	const Removed *doubt = nullptr;
	for (const auto &removed : machine.removed) {
		bool has_name = !(by_disk ? removed.disk : removed.wwid).empty();
		if (has_name || !loss_of(removed) || !is_later(removed, doubt ? *doubt : found))
			continue;
		doubt = &removed;
	}
	return doubt;
}

} // namespace scl
