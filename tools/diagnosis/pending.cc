// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/pending.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/text.hpp"
#include "diagnosis/stack.hpp"
#include "diagnosis/why.hpp"
#include "print/words.hpp"

namespace scl {

// So many removals are named.
static constexpr std::size_t most_named = 3;

// The host that the name of a host or an address has.
static std::optional<unsigned> host_of(const std::string &name)
{
	if (auto address = parse_address(name))
		return address->host;
	return number_after("host", name);
}

// Why a stack that matters may be among those that were not read; empty where all were.
static std::string unseen_stacks(const Machine &machine)
{
	// One sentence for many.
	for (const auto &sentence : machine.unseen)
		if (sentence.starts_with("the stacks of "))
			return sentence;
	if (!machine.tasks.unread.empty())
		return machine.tasks.unread.front();
	for (const auto &task : machine.tasks)
		if (auto gap = gap_of(task); !gap.empty())
			return gap;
	return {};
}

// The removals that may be its; empty where none is pending.
static std::string removals_of(const Machine &machine, const std::string &name,
			       const std::vector<Address> &candidates)
{
	std::vector<std::string> removals;
	for (const auto &address : candidates)
		if (const auto *device = machine.device(address))
			removals.push_back(name_of(*device));
	auto host = host_of(name);
	for (const auto &task : machine.tasks)
		if (removes_unseen(task) && !(host && task.host && *host != *task.host))
			removals.push_back("a device by " + name_of(task));
	if (removals.size() > most_named) {
		auto more = removals.size() - most_named;
		removals.resize(most_named);
		removals.push_back(fmt::format("{} more", more));
	}
	return join(removals, " or ");
}

static bool is_found(const Selection &selection, const std::string &name)
{
	return std::find(selection.gone.begin(), selection.gone.end(), name) ==
		       selection.gone.end() &&
	       std::none_of(selection.pathless.begin(), selection.pathless.end(),
			    [&](const auto &map) { return map.name == name; });
}

static std::vector<Address> without(std::vector<Address> addresses,
				    const std::vector<Address> &known)
{
	std::erase_if(addresses, [&](const Address &address) {
		return std::find(known.begin(), known.end(), address) != known.end();
	});
	return addresses;
}

void doubt(const Machine &machine, Selection &selection)
{
	auto unseen = unseen_stacks(machine);
	auto is_unsure = [&](const std::string &name, const char *what, const char *which) {
		auto removals = removals_of(machine, name, selection.candidates[name]);
		if (removals.empty() && unseen.empty())
			return false;
		auto why = removals.empty()
				   ? fmt::format("{}; whether its removal hangs was not seen: {}",
						 what, unseen)
				   : fmt::format("{}; the removal of {} is pending and may be {}",
						 what, removals, which);
		selection.unsure.push_back({name, why});
		return true;
	};
	for (const auto &[name, candidates] : selection.candidates) {
		auto others = without(candidates, selection.addresses);
		if (is_found(selection, name) && !others.empty())
			selection.unsure.push_back(
				{name,
				 fmt::format("more devices may be meant: the removal of {} is "
					     "pending",
					     removals_of(machine, name, others))});
	}
	std::erase_if(selection.gone, [&](const std::string &name) {
		return is_unsure(name, "not there by name", "it");
	});
	std::erase_if(selection.pathless, [&](const Selection::Pathless &map) {
		return is_unsure(map.name, "a map without paths", "that of one");
	});
}

} // namespace scl
