// SPDX-License-Identifier: GPL-2.0
// The command line.
#pragma once

#include <string>
#include <vector>

namespace scl {

// The exit code that a command line without the program's name has if its verb does nothing.
int parse(const std::vector<std::string> &words);

// Parses it and runs the verb; the exit code of the process.
int run(int argc, char **argv);

} // namespace scl
