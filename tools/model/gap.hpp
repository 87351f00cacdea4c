// SPDX-License-Identifier: GPL-2.0
// Why a name may stand for more devices than were found: what the names are taken from was not
// read. Each is a sentence, and empty where all was read.
#pragma once

#include <string>

#include "model/machine.hpp"

namespace scl {

class Gaps {
public:
	Gaps(const Machine &machine, const Snapshot &snapshot)
		: machine_(machine), snapshot_(snapshot)
	{
	}

	// Of names of a kind.
	std::string at(const Address &address) const;
	std::string on_host(unsigned host) const;
	std::string disks() const;
	std::string wwids() const;
	std::string maps() const;
	std::string sessions() const;
	std::string drivers() const;
	std::string all() const;
	// Of the numbers of disks and maps.
	std::string numbers() const;

private:
	// The devices of a target that are half removed are in its directory alone.
	std::string below(const std::string &targets) const;
	template <typename Reason> std::string devices(Reason reason_of) const;
	template <typename Reason> std::string blocks(Reason reason_of) const;

	const Machine &machine_;
	const Snapshot &snapshot_;
};

} // namespace scl
