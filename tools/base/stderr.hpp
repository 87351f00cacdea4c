// SPDX-License-Identifier: GPL-2.0
// What is said beside the result.
#pragma once

#include <string>

namespace scl {

// Where it cannot be written, the exit code alone tells: it is never lost for a note.
void to_stderr(const std::string &text);

} // namespace scl
