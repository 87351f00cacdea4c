// SPDX-License-Identifier: GPL-2.0
// Files of a tree whose opening waits, as that of a file with a lease of another process does, and
// as a read of a file of the kernel may.
#pragma once

#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "tree.hpp"

class Leased {
public:
	Leased(const Tree &tree, const std::vector<std::string> &paths)
		: before_(std::signal(SIGIO, SIG_IGN))
	{
		for (const auto &path : paths) {
			files_.push_back(
				open((tree.root() + "/" + path).c_str(), O_WRONLY | O_CLOEXEC));
			taken &= fcntl(files_.back(), F_SETLEASE, F_WRLCK) == 0;
		}
	}
	~Leased()
	{
		for (int file : files_)
			close(file);
		std::signal(SIGIO, before_);
	}
	Leased(const Leased &) = delete;
	Leased &operator=(const Leased &) = delete;

	// Not every file system has leases.
	bool taken = true;

private:
	void (*before_)(int);
	std::vector<int> files_;
};
