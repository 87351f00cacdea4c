// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/risk.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <set>

#include "base/text.hpp"
#include "print/words.hpp"

namespace scl {

static const std::string block = "sys/class/block/";

static Uses::Nodes nodes_of(const Snapshot &snapshot, const Uses &uses, const Device &device)
{
	Uses::Nodes nodes;
	auto add = [&](char kind, const std::string &dir, const std::string &name) {
		if (auto number = snapshot.text(dir + "/dev"))
			nodes.numbers[kind + *number] = name;
	};
	if (!device.disk.empty())
		nodes.parts = uses.parts_of(device.disk);
	for (const auto &name : nodes.parts)
		add('b', block + name, name);
	auto dir = "sys/bus/scsi/devices/" + to_text(device.address) + "/";
	for (const char *kind : {"scsi_generic", "bsg", "scsi_tape", "scsi_changer"})
		for (const auto &name : snapshot.list(dir + kind))
			add('c', dir + kind + "/" + name, name);
	return nodes;
}

// Maps, other holders, and what the uses have above it.
static std::vector<std::string> holders_of(const Machine &machine, const Snapshot &snapshot,
					   const Uses &uses, const Uses::Nodes &nodes)
{
	auto sentences = uses.above(nodes);
	std::set<std::string> maps;
	for (const auto &name : nodes.parts)
		for (const auto *map : machine.above(name)) {
			sentences.push_back(name_of(*map) + " stands on it");
			maps.insert(map->disk);
		}
	for (const auto &name : nodes.parts)
		for (const auto &holder : snapshot.list(block + name + "/holders"))
			if (!maps.contains(holder))
				sentences.push_back(
					fmt::format("{} holds {}", printable(holder), name));
	std::sort(sentences.begin(), sentences.end());
	sentences.erase(std::unique(sentences.begin(), sentences.end()), sentences.end());
	return sentences;
}

std::vector<std::string> users_of(const Machine &machine, const Snapshot &snapshot,
				  const Uses &uses, const Device &device)
{
	auto nodes = nodes_of(snapshot, uses, device);
	auto users = holders_of(machine, snapshot, uses, nodes);
	for (auto &sentence : uses.of(nodes))
		users.push_back(std::move(sentence));
	return users;
}

} // namespace scl
