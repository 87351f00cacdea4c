// SPDX-License-Identifier: GPL-2.0
// Processes of this machine, found by what they are called.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "base/text.hpp"

// Or 0.
inline pid_t process_called(const std::string &name)
{
	for (const auto &entry : std::filesystem::directory_iterator("/proc")) {
		std::string comm;
		std::getline(std::ifstream(entry.path() / "comm"), comm);
		if (comm == name)
			return scl::to_number<pid_t>(entry.path().filename().string()).value_or(0);
	}
	return 0;
}
