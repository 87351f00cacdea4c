// SPDX-License-Identifier: GPL-2.0
// What hangs on a machine: the module's list and the kernel's stacks, put together.
#pragma once

#include <vector>

#include "diagnosis/case.hpp"

namespace scl {

struct Diagnosis {
	std::vector<Case> cases;
	// Threads that wait for one of them, and it is not seen for which.
	std::vector<const Task *> behind;
	// Why more may hang than is seen.
	std::vector<std::string> unread;
};

// Why its stack says nothing; empty where it was read.
std::string gap_of(const Task &task);

// Of these devices; of all that the machine has where there are none. Refers to the machine.
Diagnosis diagnose(const Machine &machine, const std::vector<Address> &devices);

} // namespace scl
