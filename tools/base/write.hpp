// SPDX-License-Identifier: GPL-2.0
// A write to a file of the kernel, which may wait for a device.
#pragma once

#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/types.h>

#include "base/child.hpp"

namespace scl {

// 0, or the errno. Waits for as long as the kernel does. The path may begin at a directory.
int write_now(const std::string &path, const std::string &text, int directory = AT_FDCWD);

// The same in a child; ETIME where it has not ended by the deadline. The child is left then.
int write_in_child(const std::string &path, const std::string &text, Time deadline);

// The file is there whole, or as it was. It keeps its owner, and its mode unless one is given.
// Throws a Failure that names the file; a symbolic link, or what is no regular file, is not
// replaced.
void replace_file(const std::string &path, const std::string &text,
		  std::optional<mode_t> mode = std::nullopt);
// Throws that Failure before anything is written.
void need_replaceable(const std::string &path);

} // namespace scl
