// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/text.hpp"
#include "print/json.hpp"
#include "print/text.hpp"
#include "print/words.hpp"

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

// A thread's own file is there under its number too, though /proc lists processes alone.
static std::string thread_of(unsigned pid)
{
	return fmt::format("proc/{}/task/{}/stat", pid, pid);
}

// A mistake of the user is no process that nothing hangs.
static void need_processes(const Context &context, const std::vector<unsigned> &processes)
{
	std::vector<std::string> patterns;
	for (auto pid : processes)
		patterns.push_back(thread_of(pid));
	auto snapshot = gather(context.root, "the processes that are named", patterns);
	for (auto pid : processes) {
		if (snapshot.has(thread_of(pid)))
			continue;
		if (int error = snapshot.error(thread_of(pid)))
			throw failure_of(error, "/" + thread_of(pid), Exit::cannot_tell);
		if (!snapshot.unseen().empty())
			throw Failure(Exit::cannot_tell, snapshot.unseen().front());
		throw Failure(Exit::usage,
			      fmt::format("there is no process {}, or /proc hides it", pid));
	}
}

// With all threads of each.
static std::vector<unsigned> threads_of(const std::vector<unsigned> &processes,
					const Snapshot &snapshot)
{
	auto threads = processes;
	for (auto pid : processes) {
		auto below = fmt::format("proc/{}/task/", pid);
		for (auto found = snapshot.texts().lower_bound(below);
		     found != snapshot.texts().end() && found->first.starts_with(below); ++found)
			if (auto thread = to_number<unsigned>(split(found->first, '/')[3]))
				threads.push_back(*thread);
	}
	return threads;
}

// What may be the cause above the SCSI layer.
static std::string suspended(const Machine &machine)
{
	std::vector<std::string> names;
	for (const auto &map : machine.maps)
		if (map.suspended)
			names.push_back(name_of(map));
	return names.empty() ? "" : "; suspended: " + join(names, ", ");
}

static bool explains(const Diagnosis &diagnosis, const Task &task)
{
	auto has = [&](const std::vector<const Task *> &tasks) {
		return std::find(tasks.begin(), tasks.end(), &task) != tasks.end();
	};
	return has(diagnosis.behind) ||
	       std::any_of(diagnosis.cases.begin(), diagnosis.cases.end(),
			   [&](const Case &c) { return c.culprit == &task || has(c.behind); });
}

// What hangs one of the threads; a stack of theirs that is missing may have more to say.
static Diagnosis of_threads(const std::vector<unsigned> &threads, const Machine &machine)
{
	auto diagnosis = diagnose(machine, {});
	auto named = [&](const Task *task) {
		return task &&
		       std::find(threads.begin(), threads.end(), task->pid) != threads.end();
	};
	std::erase_if(diagnosis.cases, [&](const Case &c) {
		return !named(c.culprit) && std::none_of(c.behind.begin(), c.behind.end(), named);
	});
	std::erase_if(diagnosis.behind, [&](const Task *task) { return !named(task); });
	List<Task> gaps;
	for (const auto &reason : machine.tasks.unread)
		gaps.lacks(reason);
	for (const auto &task : machine.tasks) {
		if (!named(&task))
			continue;
		gaps.lacks(gap_of(task));
		if (!explains(diagnosis, task) && !task.stack.empty())
			gaps.lacks(fmt::format("{} waits in the kernel, and no removal that is "
					       "seen is the cause: {}{}",
					       name_of(task), chain_of(task), suspended(machine)));
	}
	diagnosis.unread = gaps.unread;
	return diagnosis;
}

// A case that both have is told once.
static void add(Diagnosis &diagnosis, const Diagnosis &other)
{
	auto &cases = diagnosis.cases;
	for (const auto &c : other.cases)
		if (std::none_of(cases.begin(), cases.end(), [&](const Case &known) {
			    return known.culprit == c.culprit && known.device == c.device &&
				   known.what == c.what;
		    }))
			cases.push_back(c);
	for (const auto *task : other.behind)
		if (std::find(diagnosis.behind.begin(), diagnosis.behind.end(), task) ==
		    diagnosis.behind.end())
			diagnosis.behind.push_back(task);
	List<Case> gaps;
	gaps.unread = diagnosis.unread;
	for (const auto &reason : other.unread)
		gaps.lacks(reason);
	diagnosis.unread = gaps.unread;
}

Exit why(const Context &given)
{
	auto context = given;
	auto processes = take_processes(context.wanted);
	if (!processes.empty())
		need_processes(context, processes);
	auto sight = see(
		context,
		{Area::module, Area::hosts, Area::devices, Area::guarded, Area::maps, Area::queues},
		true);
	auto &machine = sight.machine;
	const auto &addresses = sight.selection.addresses;
	note_absent(context, sight.selection);
	bool unsure = !sight.selection.unsure.empty();
	see_openers(context, sight, [&](const Device &device) {
		bool is_asked = unsure || addresses.empty() || sight.selection.has(device.address);
		return is_asked && device.going() && device.guarded->waits_for == "path";
	});
	Diagnosis diagnosis;
	if (!processes.empty())
		diagnosis = of_threads(threads_of(processes, sight.snapshot), machine);
	bool is_known = !addresses.empty() || !diagnosis.cases.empty() || !diagnosis.behind.empty();
	// Where a name may mean any removal, each that hangs is told.
	if (unsure || !addresses.empty() || (context.wanted.all() && processes.empty()))
		add(diagnosis, diagnose(machine, unsure ? std::vector<Address>() : addresses));
	tell_unread(machine, diagnosis.unread);
	print(context.json ? why_json(diagnosis, machine)
			   : why_text(diagnosis, machine, Paint(context.colour)));
	note(context, unseen_text(machine));
	if (unsure && !is_known)
		return Exit::cannot_tell;
	if (!diagnosis.cases.empty() || !diagnosis.behind.empty())
		return Exit::found;
	return unsure || !diagnosis.unread.empty() ? Exit::cannot_tell : Exit::done;
}

} // namespace scl
