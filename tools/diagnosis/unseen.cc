// SPDX-License-Identifier: GPL-2.0
// Which users of devices could not be seen.
#include "diagnosis/risk.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <map>
#include <set>

#include "base/text.hpp"
#include "source/gather.hpp"

namespace scl {

// /proc/PID/fd, /proc/PID/fd/N, /proc/PID/ns/mnt, /proc/PID/root, /proc/PID/mountinfo
static bool is_of_process(const std::vector<std::string_view> &path)
{
	return path.size() > 2 && path[0] == "proc" &&
	       (path[2] == "fd" || path[2] == "ns" || path[2] == "root" || path[2] == "mountinfo");
}

static bool shows_users(const std::string &path)
{
	bool is_node = path.find("/scsi_") != path.npos || path.find("/bsg") != path.npos;
	return path == "proc/swaps" || path.starts_with("sys/class/block") ||
	       path.starts_with("sys/fs/") ||
	       (path.starts_with("sys/bus/scsi/devices/") && is_node);
}

// What was met with an error. EINVAL is that of a link which is none, and of a process or a map
// that ends; the areas have told what hangs.
static std::vector<std::string> unseen_by_errors(const Snapshot &snapshot)
{
	std::vector<std::string> sentences;
	std::map<std::string, std::set<std::string_view>> processes;
	auto failures = snapshot.failures();
	for (const auto &[path, sentence] : failures) {
		int error = snapshot.error(path);
		auto parts = split(path, '/');
		if (error == EINVAL || snapshot.hanging().contains(path))
			continue;
		bool forbidden = error == EACCES || error == EPERM;
		if (is_of_process(parts))
			processes[forbidden ? "not permitted" : std::strerror(error)].insert(
				parts[1]);
		else if (shows_users(path))
			sentences.push_back(forbidden ? "/" + path + ": not permitted" : sentence);
	}
	for (const auto &[reason, which] : processes)
		sentences.push_back(fmt::format("the files or mounts of {} of the processes: {}",
						which.size(), reason));
	return sentences;
}

std::vector<std::string> unseen_users(const Snapshot &snapshot,
				      const std::vector<const Device *> &devices)
{
	std::vector<std::string> sentences;
	if (!snapshot.has("proc/self/mountinfo"))
		sentences.push_back("/proc/self/mountinfo was not read");
	if (!snapshot.has("sys/class/block"))
		sentences.push_back("/sys/class/block was not read");
	if (shows_one_namespace(snapshot))
		sentences.push_back("processes outside of this PID namespace are not seen");
	for (const auto *device : devices)
		if (!device->unread_disk.empty())
			sentences.push_back(device->unread_disk);
	for (auto &sentence : unseen_by_errors(snapshot))
		sentences.push_back(std::move(sentence));
	for (const auto &sentence : snapshot.unseen())
		for (auto area : {Area::maps, Area::users})
			if (sentence.starts_with(words_of(area) + ":"))
				sentences.push_back(sentence);
	return sentences;
}

} // namespace scl
