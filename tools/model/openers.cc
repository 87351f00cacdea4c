// SPDX-License-Identifier: GPL-2.0
// Which processes have the nodes of devices open.
#include "model/machine.hpp"

#include <map>

#include "base/text.hpp"

namespace scl {

namespace {

// The node of an open file, by the kernel's number or, where either number was not read, its name.
class Nodes {
public:
	Nodes(const Snapshot &snapshot, Machine &machine) : snapshot_(snapshot)
	{
		for (auto &device : machine.devices) {
			if (!device.guarded)
				continue;
			auto name = to_text(device.address);
			auto number = snapshot.text("sys/class/scsi_lifecycle/" + name + "/dev");
			device.guarded->openers.emplace();
			by_name_["/dev/scsi_lifecycle/" + name] = {&*device.guarded, !!number};
			if (number)
				by_number_["c" + *number] = &*device.guarded;
		}
	}

	Guarded *of(const std::string &file) const
	{
		auto number = snapshot_.text(file);
		if (auto found = by_number_.find(number.text()); found != by_number_.end())
			return found->second;
		auto found = by_name_.find(snapshot_.link(file).text());
		if (found == by_name_.end() || (number && found->second.has_number))
			return nullptr;
		return found->second.guarded;
	}

private:
	struct Named {
		Guarded *guarded;
		bool has_number;
	};

	const Snapshot &snapshot_;
	std::map<std::string, Guarded *> by_number_;
	std::map<std::string, Named> by_name_;
};

} // namespace

void read_openers(const Snapshot &snapshot, Machine &machine)
{
	Nodes nodes(snapshot, machine);
	std::map<unsigned, std::string> processes;
	for (const auto &name : snapshot.list("proc"))
		if (auto pid = to_number<unsigned>(name))
			processes[*pid] = "proc/" + name;
	for (const auto &[pid, process] : processes) {
		Opener opener{pid, snapshot.text(process + "/comm").value_or("?")};
		for (const auto &file : snapshot.list(process + "/fd")) {
			auto *guarded = nodes.of(process + "/fd/" + file);
			if (!guarded)
				continue;
			auto &openers = *guarded->openers;
			if (openers.empty() || openers.back().pid != pid)
				openers.push_back(opener);
		}
	}
	if (snapshot.unseen().empty())
		return;
	for (auto &device : machine.devices)
		if (device.guarded && device.guarded->openers && device.guarded->openers->empty())
			device.guarded->openers.reset();
}

} // namespace scl
