// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/uses.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/text.hpp"
#include "source/sources.hpp"

namespace scl {

static const std::string block = "sys/class/block/";

Uses::Uses(const Snapshot &snapshot) : snapshot_(snapshot)
{
	mounts();
	mounts_ = whats_.size();
	swaps();
	processes();
	systems();
	block_devices();
}

// By the number of the file, or where that was not seen by its name; empty where it has none.
std::string Uses::key_of(const std::string &path) const
{
	if (auto number = snapshot_.text(path))
		return "b" + *number;
	return path.starts_with("dev/") ? path.substr(4) : "";
}

void Uses::add(Index &index, const std::string &key, const std::string &what)
{
	if (key.empty())
		return;
	index[key].push_back(whats_.size());
	whats_.push_back(what);
}

// In the place a space is "\040".
void Uses::mounts()
{
	for (const auto &mount : mounts_of(snapshot_)) {
		auto what = " is mounted on " + printable(mount.place);
		auto path = mount.source.empty() ? "" : key_of(mount.source);
		add(by_number_, "b" + mount.number, what);
		// The same use.
		if (!path.empty())
			by_path_[path].push_back(whats_.size() - 1);
	}
}

void Uses::swaps()
{
	for (const auto &path : swaps_of(snapshot_))
		add(by_path_, key_of(path), " is swap");
}

void Uses::processes()
{
	for (const auto &pid : snapshot_.list("proc")) {
		auto dir = "proc/" + pid + "/fd";
		const auto &files = snapshot_.list(dir);
		if (files.empty())
			continue;
		auto comm = snapshot_.text("proc/" + pid + "/comm").value_or("?");
		auto what = fmt::format(" is open in {} ({})", printable(comm), pid);
		for (const auto &file : files) {
			auto number = snapshot_.text(dir + "/" + file);
			auto target = number ? "" : snapshot_.link(dir + "/" + file).value_or("");
			if (number)
				add(by_number_, *number, what);
			else if (target.starts_with('/'))
				add(by_path_, key_of(target.substr(1)), what);
		}
	}
}

// A file system has a directory by the name of its device as long as it lives, which is longer than
// its last mount: umount -l, or a mount namespace that no process is in.
void Uses::systems()
{
	for (const char *type : {"ext4", "xfs", "f2fs", "nilfs2"})
		for (const auto &name : snapshot_.list(std::string("sys/fs/") + type))
			systems_.emplace(name, type);
	for (const auto &system : snapshot_.list("sys/fs/btrfs"))
		for (const auto &name : snapshot_.list("sys/fs/btrfs/" + system + "/devices"))
			btrfs_.insert(name);
}

// The place of a partition ends in .../sdc/sdc1.
void Uses::block_devices()
{
	for (const auto &name : snapshot_.list("sys/class/block")) {
		auto place = snapshot_.link(block + name).value_or("");
		auto parts = split(place, '/');
		if (parts.size() > 1 && parts.back() == name)
			partitions_.emplace(parts[parts.size() - 2], name);
		auto file = snapshot_.text(block + name + "/loop/backing_file");
		if (file && file->starts_with('/'))
			loops_.emplace(key_of(file->substr(1)), name);
	}
}

std::set<std::string> Uses::parts_of(const std::string &disk) const
{
	std::set<std::string> parts = {disk};
	for (auto [at, end] = partitions_.equal_range(disk); at != end; ++at)
		parts.insert(at->second);
	return parts;
}

// One that is found already has its name.
void Uses::find(const Index &index, const Nodes &nodes, Found &found)
{
	auto take = [&](const std::string &key, const std::string &name) {
		if (auto uses = index.find(key); uses != index.end())
			for (auto use : uses->second)
				found.emplace(use, name);
	};
	for (const auto &[number, name] : nodes.numbers)
		take(number, name);
	for (const auto &name : nodes.parts)
		take(name, name);
}

std::vector<std::string> Uses::of(const Nodes &nodes) const
{
	Found found;
	find(by_number_, nodes, found);
	find(by_path_, nodes, found);
	std::vector<std::string> sentences;
	std::set<std::string> known, mounted;
	auto say = [&](const std::string &sentence) {
		if (known.insert(sentence).second)
			sentences.push_back(sentence);
	};
	auto others = found.lower_bound(mounts_);
	for (auto use = found.begin(); use != others; ++use) {
		say(use->second + whats_[use->first]);
		mounted.insert(use->second);
	}
	for (const auto &name : nodes.parts)
		for (auto [at, end] = systems_.equal_range(name); at != end; ++at)
			if (!mounted.contains(name))
				say(fmt::format("{} has a {} that is in use, where no mount of it "
						"is seen",
						name, at->second));
	for (auto use = others; use != found.end(); ++use)
		say(use->second + whats_[use->first]);
	return sentences;
}

std::vector<std::string> Uses::above(const Nodes &nodes) const
{
	std::vector<std::string> sentences;
	auto loops = [&](const std::string &key) {
		for (auto [at, end] = loops_.equal_range(key); at != end; ++at)
			sentences.push_back(at->second + " stands on it");
	};
	for (const auto &[number, name] : nodes.numbers)
		loops(number);
	for (const auto &name : nodes.parts) {
		loops(name);
		if (btrfs_.contains(name))
			sentences.push_back(name + " is part of a mounted btrfs");
	}
	return sentences;
}

} // namespace scl
