// SPDX-License-Identifier: GPL-2.0
// What `delete` and `wait` have in common.
#pragma once

#include <deque>

#include "node/removal.hpp"
#include "verbs/verb.hpp"

namespace scl {

// Follows the removals until the deadline, tells what became of each, and of the names that were
// gone before. With need_outcome these are known to have flushed, or it is exit code 4 or 5.
Exit tell_endings(const Context &context, const Sight &sight, std::deque<Removal> &removals,
		  bool need_outcome);

} // namespace scl
