// SPDX-License-Identifier: GPL-2.0
#include "base/limit.hpp"

#include <optional>
#include <sys/resource.h>

namespace scl {

static std::optional<rlimit> before;

void raise_limit()
{
	rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	before = limit;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

void restore_limit()
{
	if (before)
		setrlimit(RLIMIT_NOFILE, &*before);
}

} // namespace scl
