// SPDX-License-Identifier: GPL-2.0
#include "base/limit.hpp"
#include "cli.hpp"

int main(int argc, char **argv)
{
	scl::raise_limit();
	return scl::run(argc, argv);
}
