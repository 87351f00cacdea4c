// SPDX-License-Identifier: GPL-2.0
// Whether the machine is set up so that the module can do its work.
#pragma once

#include <string>
#include <vector>

#include "base/exit.hpp"
#include "model/machine.hpp"

namespace scl {

struct Finding {
	// A note is how things are; wrong is what an administrator should change; unread is what
	// could not be seen.
	enum class Level { good, note, wrong, unread } level;
	std::string text;
};

// `of_policy` is what is wrong with the policy, or was not read of it.
std::vector<Finding> examine(const Machine &machine, const std::vector<Failure> &of_policy);

} // namespace scl
