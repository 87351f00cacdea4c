// SPDX-License-Identifier: GPL-2.0
#include "verbs/verb.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fmt/core.h>

#include "base/output.hpp"
#include "base/text.hpp"
#include "diagnosis/pending.hpp"

namespace scl {

std::vector<const Device *> Sight::devices() const
{
	std::vector<const Device *> found;
	for (const auto &address : selection.addresses)
		if (auto *device = machine.device(address))
			found.push_back(device);
	return found;
}

// A removal takes the names of a device from sysfs long before it ends, and may hang in between.
static void look_closer(const Context &context, Sight &sight, bool stuck)
{
	if (!stuck)
		sight.snapshot.merge(gather_stuck(context.root));
	sight.snapshot.merge(gather_log(context.root));
	sight.machine = machine_of(sight.snapshot);
	sight.selection = select(sight.machine, sight.snapshot, context.wanted);
	doubt(sight.machine, sight.selection);
}

Sight see(const Context &context, std::initializer_list<Area> areas, bool stuck)
{
	Sight sight;
	auto paths = patterns_of(context.wanted);
	sight.snapshot = gather(context.root, areas);
	if (!paths.empty())
		sight.snapshot.merge(gather(context.root, "the devices that are named", paths));
	if (stuck)
		sight.snapshot.merge(gather_stuck(context.root));
	sight.machine = machine_of(sight.snapshot);
	sight.selection = select(sight.machine, sight.snapshot, context.wanted);
	const auto &found = sight.selection;
	bool may_be_more = std::any_of(found.candidates.begin(), found.candidates.end(),
				       [](const auto &each) { return !each.second.empty(); });
	if (!found.gone.empty() || !found.pathless.empty() || !found.unsure.empty() || may_be_more)
		look_closer(context, sight, stuck);
	return sight;
}

void see_openers(const Context &context, Sight &sight,
		 const std::function<bool(const Device &)> &concerns)
{
	auto &machine = sight.machine;
	if (std::none_of(machine.devices.begin(), machine.devices.end(), [&](const Device &device) {
		    return device.guarded && device.guarded->holds.value_or(0) && concerns(device);
	    }))
		return;
	auto snapshot = gather_openers(context.root);
	read_openers(snapshot, machine);
	tell_unread(machine, snapshot.unseen());
}

void print(const std::string &text)
{
	errno = 0;
	if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
	    std::fflush(stdout) != 0)
		throw failure_of(errno, "standard output", Exit::cannot_tell);
}

Exit print_result(const std::string &text, Exit code)
{
	Readerless readerless;
	try {
		print(text);
	} catch (const Failure &failure) {
		complain(failure.what());
		return worse(code, failure.code);
	}
	return code;
}

void note(const Context &context, const std::string &text)
{
	if (!context.quiet)
		to_stderr(text);
}

void tell_unread(Machine &machine, const std::vector<std::string> &reasons)
{
	auto &told = machine.unseen;
	for (const auto &reason : reasons)
		if (std::none_of(told.begin(), told.end(), [&](const std::string &sentence) {
			    return sentence.find(reason) != sentence.npos;
		    }))
			told.push_back(reason);
}

void note_absent(const Context &context, const Selection &selection)
{
	for (const auto &name : selection.gone)
		note(context, name + ": not there\n");
	for (const auto &map : selection.pathless)
		note(context, printable(map.name) + ": a map without paths\n");
	for (const auto &unsure : selection.unsure)
		note(context, printable(unsure.name) + ": " + unsure.why + "\n");
}

void need_devices(const Context &context, const char *verb)
{
	if (context.wanted.all())
		throw Failure(Exit::usage, fmt::format("{}: name a device, --host, --session or "
						       "--module",
						       verb));
}

bool module_is_missing(const Machine &machine)
{
	return machine.module.loaded == false;
}

void need_module(const Machine &machine)
{
	if (module_is_missing(machine))
		throw Failure(Exit::needs_module, "the module scsi_lifecycle is not loaded");
	if (!machine.module.loaded.has_value())
		throw Failure(Exit::cannot_tell,
			      "whether the module scsi_lifecycle is loaded was not seen: " +
				      machine.module.loaded.unread());
}

} // namespace scl
