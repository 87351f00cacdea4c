// SPDX-License-Identifier: GPL-2.0
#include "source/sources.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace scl {

// Empty where it is no path.
static std::string relative(std::string_view path)
{
	return path.starts_with('/') ? std::string(path.substr(1)) : std::string();
}

// One that does not begin at the root was named in /dev.
static std::string below_dev(std::string_view path)
{
	return path.starts_with('/') ? relative(path) : "dev/" + std::string(path);
}

std::vector<Mount> mounts_of(const Snapshot &snapshot)
{
	std::vector<Mount> mounts;
	for (const auto &[path, text] : snapshot.texts()) {
		if (!path.starts_with("proc/") || !path.ends_with("/mountinfo"))
			continue;
		for (auto line : lines(text)) {
			auto fields = words(line);
			if (fields.size() < 5)
				continue;
			// Optional fields stand before the dash, type and source behind it.
			auto dash = std::find(fields.begin() + 5, fields.end(), "-");
			auto source = fields.end() - dash > 2 ? relative(dash[2]) : "";
			mounts.push_back({std::string(fields[2]), std::string(fields[4]), source});
			// XFS names its other devices among the options of the file system, as they
			// were named to mount.
			for (auto option : split(fields.back(), ','))
				for (std::string_view name : {"logdev=", "rtdev="})
					if (option.starts_with(name))
						mounts.push_back(
							{"", std::string(fields[4]),
							 below_dev(option.substr(name.size()))});
		}
	}
	return mounts;
}

std::vector<std::string> swaps_of(const Snapshot &snapshot)
{
	std::vector<std::string> paths;
	auto swaps = snapshot.whole("proc/swaps");
	for (auto line : lines(swaps)) {
		auto fields = words(line);
		if (!fields.empty() && fields[0].starts_with('/'))
			paths.push_back(relative(fields[0]));
	}
	return paths;
}

std::set<std::string> sources_of(const Snapshot &snapshot)
{
	std::set<std::string> paths;
	for (const auto &mount : mounts_of(snapshot))
		paths.insert(mount.source);
	for (const auto &path : swaps_of(snapshot))
		paths.insert(path);
	for (const auto &[path, text] : snapshot.texts())
		if (path.ends_with("/loop/backing_file"))
			paths.insert(relative(trim(text)));
	paths.erase("");
	return paths;
}

} // namespace scl
