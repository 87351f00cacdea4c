// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/text.hpp"
#include "print/json.hpp"
#include "print/text.hpp"

namespace scl {

// A name of digits alone is a process.
static std::vector<unsigned> take_processes(Wanted &wanted)
{
	std::vector<unsigned> processes;
	std::erase_if(wanted.names, [&](const std::string &name) {
		auto pid = to_number<unsigned>(name);
		if (pid)
			processes.push_back(*pid);
		return pid.has_value();
	});
	return processes;
}

static bool concerns(const Case &c, const std::vector<unsigned> &processes)
{
	auto named = [&](const Task *task) {
		return task &&
		       std::find(processes.begin(), processes.end(), task->pid) != processes.end();
	};
	return named(c.culprit) || std::any_of(c.behind.begin(), c.behind.end(), named);
}

Exit why(const Context &given)
{
	auto context = given;
	auto processes = take_processes(context.wanted);
	auto sight = see(
		context,
		{Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps, Area::queues},
		true);
	const auto &machine = sight.machine;
	const auto &addresses = sight.selection.addresses;
	note_absent(context, sight.selection);
	Diagnosis diagnosis;
	bool unsure = !sight.selection.unsure.empty();
	// Where a name may mean any removal, each that hangs is told.
	if (context.wanted.all() || !addresses.empty() || unsure)
		diagnosis = diagnose(machine, unsure ? std::vector<Address>() : addresses);
	if (!processes.empty())
		std::erase_if(diagnosis.cases,
			      [&](const Case &c) { return !concerns(c, processes); });
	print(context.json ? why_json(diagnosis, machine)
			   : why_text(diagnosis, machine, Paint(context.colour)));
	note(context, unseen_text(machine));
	if (unsure && addresses.empty())
		return Exit::cannot_tell;
	if (!diagnosis.cases.empty() || !diagnosis.behind.empty())
		return Exit::found;
	return unsure || (diagnosis.blind && !machine.module.lists_devices) ? Exit::cannot_tell
									    : Exit::done;
}

} // namespace scl
