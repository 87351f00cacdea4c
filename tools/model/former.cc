// SPDX-License-Identifier: GPL-2.0
// The names that a removal has taken from sysfs, from what still has them.
#include "model/machine.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>

#include "base/text.hpp"
#include "model/name.hpp"

namespace scl {

namespace {

// The name that a message has of a disk.
struct Said {
	std::string address, disk;
};

// "5,812,93000000,-;sd 7:0:0:1: [sdc] Synchronizing SCSI cache", as the kernel's own drivers begin
// a message: a program's has another facility, and one that quotes a program has no room for it.
Said said_in(std::string_view line)
{
	auto priority = to_number<unsigned>(line.substr(0, line.find(',')));
	auto message = line.substr(std::min(line.find(';'), line.size() - 1) + 1);
	auto fields = words(message);
	if (!priority || *priority >= 8 || fields.size() < 3 || !fields[1].ends_with(':') ||
	    !fields[2].starts_with('[') || !fields[2].ends_with(']'))
		return {};
	auto address = std::string(fields[1].substr(0, fields[1].size() - 1));
	auto disk = std::string(fields[2].substr(1, fields[2].size() - 2));
	for (const char *driver : {"sd", "sr", "st"})
		if (message.starts_with(fmt::format("{} {}: [{}] ", driver, address, disk)))
			return {address, disk};
	return {};
}

class Former {
public:
	Former(const Snapshot &snapshot, Machine &machine) : snapshot_(snapshot), machine_(machine)
	{
	}

	// What was learned first stays: the module's word, then the kernel's, then a program's.
	void read()
	{
		from_module();
		for (const auto &[path, target] : snapshot_.links())
			if (path.starts_with("sys/class/block/"))
				from_place(path, target);
		from_log();
		from_programs();
	}

private:
	void learn(const Address &address, std::string_view disk, std::string_view wwid)
	{
		for (auto &device : machine_.devices) {
			if (device.address != address || !device.half_removed)
				continue;
			if (device.was_disk.empty() && may_be_disk(std::string(disk)))
				device.was_disk = disk;
			if (device.was_wwid.empty())
				device.was_wwid = wwid;
		}
	}

	void from_module()
	{
		for (auto &device : machine_.devices) {
			auto name = [&](const char *file) {
				auto text = snapshot_.text("sys/class/scsi_lifecycle/" +
							   to_text(device.address) + file);
				return !text || *text == "-" ? "" : *text;
			};
			device.knows_wwid |= snapshot_.has("sys/class/scsi_lifecycle/" +
							   to_text(device.address) + "/wwid");
			learn(device.address, name("/disk"), name("/wwid"));
		}
	}

	// "../../devices/.../7:0:0:1/block/sdc", of the disk itself, or of a map's slave: that link
	// stays until the map lets go of the disk.
	void from_place(const std::string &path, std::string_view place)
	{
		auto parts = split(place, '/');
		auto block = std::find(parts.begin(), parts.end(), "block");
		if (block == parts.begin() || parts.end() - block < 2)
			return;
		auto address = parse_address(block[-1]);
		if (!address)
			return;
		std::string wwid;
		for (const auto &map : machine_.maps)
			if (path.starts_with("sys/class/block/" + map.disk + "/slaves/"))
				wwid = wwid_in_sysfs(map.wwid());
		learn(*address, block[1], wwid);
	}

	// "tee /sys/block/sdc/device/delete" has that file open: it has named the device so. Of a
	// program that removes several it is not seen which is which; nor of "/sys/block/$disk/..."
	// in that of a shell.
	void from_programs()
	{
		for (const auto &task : machine_.tasks) {
			if (!task.deletes || task.wrote.size() != 1)
				continue;
			learn(*task.deletes, *task.wrote.begin(), {});
		}
	}

	// The last device that had the name, and the last name that it had. The kernel writes
	// " DEVICE=" below a message about a device, where no text can: without it no name is
	// believed, since a name that is wrong would make another one gone.
	void from_log()
	{
		std::map<Address, std::string> names;
		auto log = snapshot_.whole("dev/kmsg");
		Said said;
		for (auto line : lines(log)) {
			if (!line.starts_with(' ')) {
				said = said_in(line);
				continue;
			}
			auto address = parse_address(said.address);
			if (!address || line != " DEVICE=+scsi:" + said.address)
				continue;
			std::erase_if(names,
				      [&](const auto &each) { return each.second == said.disk; });
			names[*address] = said.disk;
		}
		for (const auto &[address, name] : names)
			learn(address, name, {});
	}

	const Snapshot &snapshot_;
	Machine &machine_;
};

} // namespace

void read_former(const Snapshot &snapshot, Machine &machine)
{
	Former(snapshot, machine).read();
}

} // namespace scl
