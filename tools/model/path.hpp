// SPDX-License-Identifier: GPL-2.0
// A path that a user gives.
#pragma once

#include <string>

namespace scl {

bool is_path(const std::string &name);

// As the snapshot has it.
std::string path_of(const std::string &name);

} // namespace scl
