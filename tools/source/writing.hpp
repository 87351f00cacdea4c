// SPDX-License-Identifier: GPL-2.0
// What is written to a file: as long as a process of an earlier call hangs in it, by none more.
#pragma once

#include <string>

#include "base/errand.hpp"
#include "source/root.hpp"

namespace scl {

// In a child that is called by the file, as one that reads it. Throws a Failure where there is such
// a process, and those of run_errand().
void run_writing(const Root &root, const std::string &file, Errand errand);

} // namespace scl
