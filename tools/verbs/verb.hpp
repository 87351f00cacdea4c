// SPDX-License-Identifier: GPL-2.0
// The verbs: a file each. Each prints its answer to stdout and its notes to stderr, returns the
// exit code, and throws a Failure where it cannot begin.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/child.hpp"
#include "base/exit.hpp"
#include "base/text.hpp"
#include "model/select.hpp"
#include "source/gather.hpp"

namespace scl {

inline Clock::duration in_seconds(double seconds)
{
	return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// What the command line says for all verbs.
struct Context {
	Root root;
	bool json = false, quiet = false, terminal = false, colour = false;
	// Seconds; without them a verb takes its own.
	std::optional<double> timeout;
	Wanted wanted;

	// --timeout counts from then.
	Time begun = Clock::now();

	Time deadline(double otherwise = 30) const
	{
		return begun + in_seconds(timeout.value_or(otherwise));
	}

	// From now on it is read anew, for as long as a verb may, and --timeout too; but a time
	// that is too short for any answer is not kept.
	void look_anew()
	{
		auto now = Clock::now();
		root = Root(root.path);
		if (timeout)
			root.until =
				std::min(root.until, std::max(deadline(), now + least_reading));
	}

	static constexpr Milliseconds least_reading{1000};
};

// The machine as it is now, and the devices that the user means.
struct Sight {
	Snapshot snapshot;
	Machine machine;
	Selection selection;

	std::vector<const Device *> devices() const;
};

Sight see(const Context &context, std::initializer_list<Area> areas, bool stuck = false);

// Adds which processes have the nodes open where a device that `concerns` is held: it takes time.
void see_openers(const Context &context, Sight &sight,
		 const std::function<bool(const Device &)> &concerns);

// For stdout, and, unless --quiet, for stderr.
void print(const std::string &text);
// The same, of what was done: the code stays where it cannot be written, but for `done`.
Exit print_result(const std::string &text, Exit code);
void note(const Context &context, const std::string &text);

// Adds to what is told as unseen each reason that is not told yet.
void tell_unread(Machine &machine, const std::vector<std::string> &reasons);

// Notes each name that stands for no device.
void note_absent(const Context &context, const Selection &selection);

// Throws a Failure where the user names no device.
void need_devices(const Context &context, const char *verb);
// The module's node, its parameters and the like are needed.
bool module_is_missing(const Machine &machine);
// Throws one of Exit::cannot_tell where more may be in a list than was read.
template <typename T> void need_whole(const List<T> &list)
{
	if (!list.unread.empty())
		throw Failure(Exit::cannot_tell, join(list.unread, "; "));
}
void need_module(const Machine &machine);

struct StatusOptions {
	bool all = false;
	// Again and again, so many seconds apart.
	std::optional<double> watch;
};
struct DeleteOptions {
	bool force = false, recursive = false;
};

Exit status(const Context &context, const StatusOptions &options);
Exit why(const Context &context);
Exit check(const Context &context);
Exit remove(const Context &context, const DeleteOptions &options, bool need_outcome);
Exit wait(const Context &context, bool need_outcome);
Exit hold(const Context &context, const std::vector<std::string> &command);
Exit end(const Context &context);
Exit rescue(const Context &context, bool dry_run);
Exit monitor(const Context &context);
// Settings, and the devices and hosts that they are for.
Exit set(const Context &context, const std::vector<std::string> &arguments, bool persistent);
Exit apply_policy(const Context &context, const std::string &name);
Exit doctor(const Context &context);
Exit metrics(const Context &context, const std::string &file);
Exit report(const Context &context, const std::string &archive);
// What a shell completes: the names of devices and hosts, one a line.
Exit complete(const Context &context);

} // namespace scl
