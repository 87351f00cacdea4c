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
	auto &machine = sight.machine;
	const auto &addresses = sight.selection.addresses;
	note_absent(context, sight.selection);
	Diagnosis diagnosis;
	if (context.wanted.all() || !addresses.empty())
		diagnosis = diagnose(machine, addresses);
	if (!processes.empty())
		std::erase_if(diagnosis.cases,
			      [&](const Case &c) { return !concerns(c, processes); });
	tell_unread(machine, diagnosis.unread);
	print(context.json ? why_json(diagnosis, machine)
			   : why_text(diagnosis, machine, Paint(context.colour)));
	note(context, unseen_text(machine));
	if (!diagnosis.cases.empty() || !diagnosis.behind.empty())
		return Exit::found;
	return diagnosis.unread.empty() ? Exit::done : Exit::cannot_tell;
}

} // namespace scl
