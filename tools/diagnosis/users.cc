// SPDX-License-Identifier: GPL-2.0
#include "diagnosis/risk.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <set>

#include "base/text.hpp"
#include "print/words.hpp"
#include "source/sources.hpp"

namespace scl {

static const std::string block = "sys/class/block/";

namespace {

class Users {
public:
	Users(const Machine &machine, const Snapshot &snapshot, const Device &device)
		: machine_(machine), snapshot_(snapshot)
	{
		if (!device.disk.empty())
			add_parts(device.disk);
		auto dir = "sys/bus/scsi/devices/" + to_text(device.address) + "/";
		for (const char *kind : {"scsi_generic", "bsg", "scsi_tape", "scsi_changer"})
			for (const auto &name : snapshot_.list(dir + kind))
				add_node('c', dir + kind + "/" + name, name);
	}

	std::vector<std::string> take()
	{
		holders();
		mounts();
		systems();
		swaps();
		processes();
		return std::move(users_);
	}

private:
	// Of a disk, a partition or another node of the device.
	void add_node(char kind, const std::string &dir, const std::string &name)
	{
		if (auto number = snapshot_.text(dir + "/dev"))
			nodes_[kind + *number] = name;
	}

	// The disk and its partitions: the place of a partition ends in .../sdc/sdc1.
	void add_parts(const std::string &disk)
	{
		parts_ = {disk};
		for (const auto &name : snapshot_.list("sys/class/block")) {
			auto place = snapshot_.link(block + name).value_or("");
			if (place.ends_with("/" + disk + "/" + name))
				parts_.insert(name);
		}
		for (const auto &name : parts_)
			add_node('b', block + name, name);
	}

	std::string with_number(const std::string &number) const
	{
		auto found = nodes_.find(number);
		return found == nodes_.end() ? "" : found->second;
	}

	// By the number of the file, or where that was not seen by its name.
	std::string at_path(const std::string &path) const
	{
		if (auto number = snapshot_.text(path))
			return with_number("b" + *number);
		return path.starts_with("dev/") && parts_.contains(path.substr(4)) ? path.substr(4)
										   : "";
	}

	void add(const std::string &user)
	{
		if (std::find(users_.begin(), users_.end(), user) == users_.end())
			users_.push_back(user);
	}

	void holders()
	{
		std::set<std::string> maps;
		for (const auto &name : parts_)
			for (const auto *map : machine_.above(name)) {
				add(name_of(*map) + " stands on it");
				maps.insert(map->disk);
			}
		for (const auto &name : parts_)
			for (const auto &holder : snapshot_.list(block + name + "/holders"))
				if (!maps.contains(holder))
					add(fmt::format("{} holds {}", printable(holder), name));
		for (const auto &name : snapshot_.list("sys/class/block")) {
			auto file = snapshot_.text(block + name + "/loop/backing_file");
			if (file && file->starts_with('/') && !at_path(file->substr(1)).empty())
				add(name + " stands on it");
		}
		for (const auto &system : snapshot_.list("sys/fs/btrfs"))
			for (const auto &name :
			     snapshot_.list("sys/fs/btrfs/" + system + "/devices"))
				if (parts_.contains(name))
					add(name + " is part of a mounted btrfs");
		std::sort(users_.begin(), users_.end());
	}

	// A file system has a directory by the name of its device as long as it lives, which is
	// longer than its last mount: umount -l, or a mount namespace that no process is in.
	void systems()
	{
		for (const char *type : {"ext4", "xfs", "f2fs", "nilfs2"})
			for (const auto &name : snapshot_.list(std::string("sys/fs/") + type))
				if (parts_.contains(name) && !mounted_.contains(name))
					add(fmt::format("{} has a {} that is in use, where no "
							"mount of it is seen",
							name, type));
	}

	// In the place a space is "\040".
	void mounts()
	{
		for (const auto &mount : mounts_of(snapshot_)) {
			auto name = with_number("b" + mount.number);
			if (name.empty() && !mount.source.empty())
				name = at_path(mount.source);
			if (name.empty())
				continue;
			add(fmt::format("{} is mounted on {}", name, printable(mount.place)));
			mounted_.insert(name);
		}
	}

	void swaps()
	{
		for (const auto &path : swaps_of(snapshot_))
			if (auto name = at_path(path); !name.empty())
				add(name + " is swap");
	}

	void processes()
	{
		for (const auto &pid : snapshot_.list("proc")) {
			auto dir = "proc/" + pid + "/fd";
			for (const auto &file : snapshot_.list(dir)) {
				auto name = opened(dir + "/" + file);
				if (name.empty())
					continue;
				auto comm = snapshot_.text("proc/" + pid + "/comm").value_or("?");
				add(fmt::format("{} is open in {} ({})", name, printable(comm),
						pid));
			}
		}
	}

	std::string opened(const std::string &file) const
	{
		if (auto number = snapshot_.text(file))
			return with_number(*number);
		auto target = snapshot_.link(file).value_or("");
		return target.starts_with('/') ? at_path(target.substr(1)) : "";
	}

	const Machine &machine_;
	const Snapshot &snapshot_;
	// The disk and its partitions.
	std::set<std::string> parts_;
	// Those of them that a mount is seen of.
	std::set<std::string> mounted_;
	// Their names and those of the device's other nodes, by kind and number: "b8:0", "c21:0".
	std::map<std::string, std::string> nodes_;
	std::vector<std::string> users_;
};

} // namespace

std::vector<std::string> users_of(const Machine &machine, const Snapshot &snapshot,
				  const Device &device)
{
	return Users(machine, snapshot, device).take();
}

} // namespace scl
