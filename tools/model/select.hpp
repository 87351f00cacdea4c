// SPDX-License-Identifier: GPL-2.0
// The names by which a user means devices: H:C:T:L, sdc, any path, a WWID, mpatha, dm-4, host7.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "model/machine.hpp"

namespace scl {

struct Wanted {
	std::vector<std::string> names;
	std::vector<unsigned> hosts, sessions;
	std::vector<std::string> drivers;

	bool all() const
	{
		return names.empty() && hosts.empty() && sessions.empty() && drivers.empty();
	}
};

struct Selection {
	// In order, each once.
	std::vector<Address> addresses;

	bool has(const Address &address) const
	{
		return std::binary_search(addresses.begin(), addresses.end(), address);
	}

	// Names of devices that are not there, or not any more.
	std::vector<std::string> gone;
	// Maps that are there, and have no path left.
	struct Pathless {
		std::string name, wwid;
	};
	std::vector<Pathless> pathless;
	// Of a name the devices under removal whose names are not known: each may be meant, beside
	// those that were found.
	std::map<std::string, std::vector<Address>> candidates;
	// Names that are not there, and may be those of a removal that is pending, and names that
	// may stand for more devices than were seen: why.
	struct Unsure {
		std::string name, why;
	};
	std::vector<Unsure> unsure;
};

// What has to be read of the paths among the names: patterns for gather(). Throws a Failure of
// Exit::usage for a path that is a pattern, and for an empty name.
std::vector<std::string> patterns_of(const Wanted &wanted);

// Throws a Failure of Exit::usage that has the name, for one that cannot be a SCSI device's.
Selection select(const Machine &machine, const Snapshot &snapshot, const Wanted &wanted);

// Of an ended removal, by the name that the devices had: a WWID has a path each. The worst of all,
// the last of equals, or nullptr.
const Removed *find_removed(const Machine &machine, const std::string &name);

// A later removal that may be the one that is meant: it had lost the name, and its flush may be
// lost. Or nullptr, also where the one that was found has lost its flush itself.
const Removed *doubt_of(const Machine &machine, const std::string &name, const Removed &found);

} // namespace scl
