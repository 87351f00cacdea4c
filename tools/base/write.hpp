// SPDX-License-Identifier: GPL-2.0
// A write to a file of the kernel, which may wait for a device.
#pragma once

#include <string>

#include "base/child.hpp"

namespace scl {

// 0, or the errno. Waits for as long as the kernel does.
int write_now(const std::string &path, const std::string &text);

// The same in a child; ETIME where it has not ended by the deadline. The child is left then.
int write_in_child(const std::string &path, const std::string &text, Time deadline);

// What is to be an administrator's file: anew under another name, then renamed over the old one.
// Throws a Failure that has the path.
void replace_file(const std::string &path, const std::string &text);

} // namespace scl
