// SPDX-License-Identifier: GPL-2.0
// Writes, to a file of the kernel too, which may wait for a device.
#pragma once

#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/types.h>

namespace scl {

// 0, or the errno. Waits for as long as the kernel does. The path may begin at a directory.
int write_now(const std::string &path, const std::string &text, int directory = AT_FDCWD);

// Of a file or a directory that is there: none that is there with it has the same.
std::optional<ino_t> inode_of(const std::string &path);

// The same of a file of a directory that has this inode: where another is there by now, ENODEV.
int write_in(const std::string &directory, std::optional<ino_t> inode, const std::string &name,
	     const std::string &text);

// The name, and behind it what no other has: for a file that is renamed when it is whole, or for a
// directory.
std::string temporary_name(const std::string &path);

// The file is there whole, or as it was, and what has the temporary name is not. It keeps its
// owner and mode, unless a mode is given: then it is the caller's. Throws a Failure that names the
// file; a symbolic link, or what is no regular file, is not replaced.
void replace_file(const std::string &path, const std::string &text, const std::string &temporary,
		  std::optional<mode_t> mode = std::nullopt);
// Throws that Failure before anything is written.
void need_replaceable(const std::string &path);

} // namespace scl
