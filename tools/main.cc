// SPDX-License-Identifier: GPL-2.0
#include <csignal>

#include "base/limit.hpp"
#include "cli.hpp"

int main(int argc, char **argv)
{
	// A caller that ignores it would leave no child's end to be seen.
	std::signal(SIGCHLD, SIG_DFL);
	scl::raise_limit();
	return scl::run(argc, argv);
}
