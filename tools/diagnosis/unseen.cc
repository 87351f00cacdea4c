// SPDX-License-Identifier: GPL-2.0
// Which users of devices could not be seen.
#include "diagnosis/risk.hpp"

#include <fmt/core.h>
#include <set>

#include "base/text.hpp"
#include "source/gather.hpp"

namespace scl {

// The number of the namespace that all processes of the machine are in, PROC_PID_INIT_INO.
static constexpr const char *all_processes = "pid:[4026531836]";

// /proc/PID/fd, /proc/PID/fd/N, /proc/PID/ns/mnt, /proc/PID/mountinfo
static bool shows_users(const std::vector<std::string_view> &path)
{
	return path.size() > 2 && path[0] == "proc" &&
	       (path[2] == "fd" || path[2] == "ns" || path[2] == "mountinfo");
}

std::vector<std::string> unseen_users(const Snapshot &snapshot)
{
	std::vector<std::string> sentences;
	if (!snapshot.has("proc/self/mountinfo"))
		sentences.push_back("/proc/self/mountinfo was not read");
	if (!snapshot.has("sys/class/block"))
		sentences.push_back("/sys/class/block was not read");
	if (auto space = snapshot.link("proc/self/ns/pid"); space && *space != all_processes)
		sentences.push_back("processes outside of this PID namespace are not seen");
	std::set<std::string> processes;
	for (const auto &path : snapshot.forbidden()) {
		auto parts = split(path, '/');
		if (shows_users(parts))
			processes.insert(std::string(parts[1]));
		else if (path == "proc/swaps" || path.starts_with("sys/class/block"))
			sentences.push_back("/" + path + ": not permitted");
	}
	if (!processes.empty())
		sentences.push_back(fmt::format("the files or mounts of {} of the processes: not "
						"permitted",
						processes.size()));
	for (const auto &sentence : snapshot.unseen())
		for (auto area : {Area::maps, Area::users})
			if (sentence.starts_with(words_of(area) + ":"))
				sentences.push_back(sentence);
	return sentences;
}

} // namespace scl
