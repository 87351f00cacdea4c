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

// "Uid:\t0\t0\t0\t0": what stands behind the name.
static std::vector<std::string_view> fields(std::string_view status, std::string_view name)
{
	for (auto line : lines(status)) {
		auto parts = words(line);
		if (!parts.empty() && parts[0] == name)
			return {parts.begin() + 1, parts.end()};
	}
	return {};
}

static std::string field(std::string_view status, std::string_view name)
{
	auto found = fields(status, name);
	return found.empty() ? std::string() : std::string(found[0]);
}

static bool has_kill(const std::string &mask)
{
	std::uint64_t signals = 0;
	std::from_chars(mask.data(), mask.data() + mask.size(), signals, 16);
	return signals & (std::uint64_t{1} << (SIGKILL - 1));
}

// An upgrade of the package replaces the file of one that runs.
static std::string program_of(const Snapshot &snapshot, std::string_view process)
{
	auto program = snapshot.link(fmt::format("proc/{}/exe", process)).value_or("");
	return program.substr(0, program.find(" (deleted)"));
}

Left left_of(const Snapshot &snapshot, uid_t caller)
{
	Left left;
	auto own = program_of(snapshot, "self");
	for (const auto &[path, status] : snapshot.texts()) {
		auto parts = split(path, '/');
		if (parts.size() != 3 || parts[0] != "proc" || parts[2] != "status")
			continue;
		auto pid = to_number<pid_t>(parts[1]);
		auto owner = to_number<uid_t>(field(status, "Uid:"));
		bool killed =
			has_kill(field(status, "SigPnd:")) || has_kill(field(status, "ShdPnd:"));
		// A container's processes run a program of the container's.
		bool contained = fields(status, "NSpid:").size() > 1;
		bool same = owner == caller && !contained && !own.empty() &&
			    program_of(snapshot, parts[1]) == own;
		if (pid && same && killed && field(status, "State:") == "D")
			left[field(status, "Name:")] = *pid;
	}
	return left;
}

} // namespace scl
