// SPDX-License-Identifier: GPL-2.0
// Files of a tree whose opening waits, as that of a file with a lease of another process does, and
// as a read of a file of the kernel may; of one that is leased for reading that for a write alone.
#pragma once

#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "tree.hpp"

class Leased {
public:
	Leased(const Tree &tree, const std::vector<std::string> &paths, int lease = F_WRLCK)
		: before_(std::signal(SIGIO, SIG_IGN))
	{
		for (const auto &path : paths) {
			int mode = lease == F_WRLCK ? O_WRONLY : O_RDONLY;
			files_.push_back(
				open((tree.root() + "/" + path).c_str(), mode | O_CLOEXEC));
			taken &= fcntl(files_.back(), F_SETLEASE, lease) == 0;
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

	bool taken = true;
	static constexpr const char *refusal = "the file system of TMPDIR gives no lease";

private:
	void (*before_)(int);
	std::vector<int> files_;
};
