// SPDX-License-Identifier: GPL-2.0
// What is read: the machine, or a directory that stands for it, and until when.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/child.hpp"
#include "source/left.hpp"

namespace scl {

// All that a verb reads takes no longer, whatever hangs; but for the last child to die.
constexpr Milliseconds reading_time{10000};

struct Root {
	Root(std::string its_path = "", Time its_until = Clock::now() + reading_time)
		: path(std::move(its_path)), until(its_until)
	{
	}

	// For another reading, until then. What earlier calls have left behind is not looked for
	// again.
	Root anew(Time its_until) const
	{
		Root root(path, its_until);
		root.left = left;
		return root;
	}

	// "" is the machine itself; a test has a directory.
	std::string path;
	Time until;
	// What earlier calls have left behind, once it was looked for.
	mutable std::optional<Left> left;
	// Sentences: what of that was not seen, until the first snapshot has them.
	mutable std::vector<std::string> left_unseen;
};

} // namespace scl
