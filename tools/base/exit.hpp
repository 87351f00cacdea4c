// SPDX-License-Identifier: GPL-2.0
// The exit codes: one set for all verbs. Programs rely on the numbers; none changes its meaning.
#pragma once

#include <stdexcept>
#include <string>

namespace scl {

enum class Exit {
	done = 0,
	found = 1,
	usage = 2,
	timed_out = 3,
	flush_lost = 4,
	flush_unknown = 5,
	refused = 6,
	needs_module = 7,
	not_permitted = 8,
	cannot_tell = 9,
};

// The table, as --help has it.
std::string exit_table();

// Of several devices, the one that a caller has to know first: that one is still there, that a
// flush was lost, that its outcome is unknown.
Exit worse(Exit a, Exit b);

// What ends a verb before it has done its work.
struct Failure : std::runtime_error {
	Failure(Exit exit, const std::string &what) : std::runtime_error(what), code(exit) {}
	Exit code;
};

// For an errno: a caller without the right gets another code than one whose file is not there.
Failure failure_of(int error, const std::string &what, Exit otherwise);

} // namespace scl
