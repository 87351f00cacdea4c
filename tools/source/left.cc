// SPDX-License-Identifier: GPL-2.0
#include "source/left.hpp"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdint>
#include <fmt/core.h>

#include "base/text.hpp"
#include "source/snapshot.hpp"

namespace scl {

static constexpr const char *prefix = "scl-";
static constexpr std::size_t digits = 11;

// FNV-1a: the same in every build.
std::string left_name(const std::string &path)
{
	std::uint64_t hash = 0xcbf29ce484222325;
	for (unsigned char c : path)
		hash = (hash ^ c) * 0x100000001b3;
	return fmt::format("{}{:011x}", prefix, hash >> (64 - 4 * digits));
}

bool may_be_left(const std::string &name)
{
	return name.starts_with(prefix) && name.size() == std::string(prefix).size() + digits;
}

// "Uid:\t0\t0\t0\t0": the first of them.
static std::string field(std::string_view status, std::string_view name)
{
	for (auto line : lines(status)) {
		auto parts = words(line);
		if (parts.size() > 1 && parts[0] == name)
			return std::string(parts[1]);
	}
	return {};
}

static bool has_kill(const std::string &mask)
{
	std::uint64_t signals = 0;
	std::from_chars(mask.data(), mask.data() + mask.size(), signals, 16);
	return signals & (std::uint64_t{1} << (SIGKILL - 1));
}

Left left_of(const Snapshot &snapshot, uid_t caller)
{
	Left left;
	for (const auto &[path, status] : snapshot.texts()) {
		auto parts = split(path, '/');
		if (parts.size() != 3 || parts[0] != "proc" || parts[2] != "status")
			continue;
		auto pid = to_number<pid_t>(parts[1]);
		auto owner = to_number<uid_t>(field(status, "Uid:"));
		bool killed =
			has_kill(field(status, "SigPnd:")) || has_kill(field(status, "ShdPnd:"));
		// One that has died is seen until it is waited for.
		bool there = field(status, "State:") != "Z" && field(status, "State:") != "X";
		if (pid && owner && (*owner == 0 || *owner == caller) && killed && there)
			left[field(status, "Name:")] = *pid;
	}
	return left;
}

} // namespace scl
