// SPDX-License-Identifier: GPL-2.0
// Work on files that may hang, done in a child.
#pragma once

#include <functional>
#include <string>

#include "base/child.hpp"

namespace scl {

// The Failure that the work throws is thrown here, and one where it has not ended by the deadline:
// `what` begins it. The child, which has a name where one is given, is left then.
void run_errand(const std::string &what, Time deadline, const std::function<void()> &work,
		const std::string &name = "");

} // namespace scl
