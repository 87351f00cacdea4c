// SPDX-License-Identifier: GPL-2.0
// Work on files that may hang, done in a child.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/child.hpp"

namespace scl {

struct Errand {
	// Begins the sentence of a Failure.
	std::string what;
	Time deadline;
	std::function<void()> work;
	// Files and directories of the work alone: none stays where it does not come to its end,
	// also where SIGINT, SIGTERM or SIGHUP ends this process. The work removes them itself
	// where it does.
	std::vector<std::string> temporaries = {};
	// What the child is called.
	std::string name = {};
};

// The Failure that the work throws is thrown here, and one where it has not ended by the deadline:
// the child is left then. It names the temporaries that could not be removed.
void run_errand(const Errand &errand);

} // namespace scl
