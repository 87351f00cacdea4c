// SPDX-License-Identifier: GPL-2.0
// The command itself, run as a user runs it.
#pragma once

#include <string>
#include <vector>

#include "tree.hpp"

struct Ran {
	int code;
	std::string out, err;
};

// With the tree as the machine; `before` is a program that executes what it is given.
Ran run_tool(const Tree &tree, const std::vector<std::string> &words,
	     const std::vector<std::string> &before = {});
