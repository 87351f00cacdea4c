// SPDX-License-Identifier: GPL-2.0
#include "base/stderr.hpp"

#include <cstdio>

namespace scl {

void to_stderr(const std::string &text)
{
	std::fputs(text.c_str(), stderr);
}

} // namespace scl
