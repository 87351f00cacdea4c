// SPDX-License-Identifier: GPL-2.0
// Whether the machine is set up so that the module can do its work.
#pragma once

#include <string>
#include <vector>

#include "model/machine.hpp"

namespace scl {

struct Finding {
	// A note is how things are; wrong is what an administrator should change; unread is what
	// could not be seen.
	enum class Level { good, note, wrong, unread } level;
	std::string text;
};

// `policy_error` is what the policy's parser says, empty where it says nothing.
std::vector<Finding> examine(const Machine &machine, const std::string &policy_error);

} // namespace scl
