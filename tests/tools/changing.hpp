// SPDX-License-Identifier: GPL-2.0
// Changes a tree at the moment in which the tool opens a file of it: the opening waits for a lease.
#pragma once

#include <atomic>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <string>
#include <thread>
#include <unistd.h>

#include "tree.hpp"

class Changing {
public:
	Changing(const Tree &tree, const std::string &path, const std::function<void()> &change)
		: before_(std::signal(SIGIO, SIG_IGN)),
		  file_(open((tree.root() + "/" + path).c_str(), O_WRONLY | O_CLOEXEC))
	{
		taken = fcntl(file_, F_SETLEASE, F_WRLCK) == 0;
		thread_ = std::thread([this, change] {
			while (!over_ && fcntl(file_, F_GETLEASE) == F_WRLCK)
				std::this_thread::sleep_for(std::chrono::milliseconds(1));
			if (!over_)
				change();
			fcntl(file_, F_SETLEASE, F_UNLCK);
		});
	}
	~Changing()
	{
		over_ = true;
		thread_.join();
		close(file_);
		std::signal(SIGIO, before_);
	}
	Changing(const Changing &) = delete;
	Changing &operator=(const Changing &) = delete;

	bool taken = false;

private:
	void (*before_)(int);
	int file_;
	std::atomic<bool> over_ = false;
	std::thread thread_;
};
