// SPDX-License-Identifier: GPL-2.0
// A file of modprobe.d, as modprobe reads it: a line that ends in a backslash goes on in the next.
#pragma once

#include <string>

#include "model/setting.hpp"

namespace scl {

// The file with the setting as an option of the module. All else stays as it is, byte by byte.
std::string with_option(const std::string &text, const Setting &setting);

} // namespace scl
