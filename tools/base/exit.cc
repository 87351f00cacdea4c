// SPDX-License-Identifier: GPL-2.0
#include "base/exit.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/core.h>

namespace scl {

struct Meaning {
	Exit code;
	const char *text;
};

static constexpr std::array<Meaning, 10> meanings = {{
	{Exit::done, "done; nothing wrong"},
	{Exit::found, "found something: it hangs, or is at risk"},
	{Exit::usage, "usage"},
	{Exit::timed_out, "timed out, still there"},
	{Exit::flush_lost, "gone; the cache flush is lost"},
	{Exit::flush_unknown, "gone; the flush failed or its outcome is unknown: it may be lost"},
	{Exit::refused, "refused: mounted or held open (delete without --force)"},
	{Exit::needs_module, "needs the module, and it is not loaded or too old"},
	{Exit::not_permitted, "not permitted (root, lockdown)"},
	{Exit::cannot_tell, "cannot tell (no debugfs, no stacks)"},
}};

// The first of them decides.
static constexpr std::array<Exit, 10> ranks = {
	Exit::usage,	   Exit::not_permitted, Exit::needs_module,  Exit::refused,
	Exit::timed_out,   Exit::flush_lost,	Exit::flush_unknown, Exit::found,
	Exit::cannot_tell, Exit::done,
};

std::string exit_table()
{
	std::string table = "Exit codes:\n";
	for (const auto &meaning : meanings)
		table += fmt::format("  {}  {}\n", static_cast<int>(meaning.code), meaning.text);
	return table;
}

Exit worse(Exit a, Exit b)
{
	return std::min(a, b, [](Exit x, Exit y) {
		return std::find(ranks.begin(), ranks.end(), x) <
		       std::find(ranks.begin(), ranks.end(), y);
	});
}

Failure failure_of(int error, const std::string &what, Exit otherwise)
{
	bool forbidden = error == EPERM || error == EACCES || error == EROFS;
	return Failure(forbidden ? Exit::not_permitted : otherwise,
		       fmt::format("{}: {}", what, std::strerror(error)));
}

} // namespace scl
