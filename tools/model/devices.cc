// SPDX-License-Identifier: GPL-2.0
// Hosts, devices, disks and the maps above them, as sysfs shows them.
#include "model/machine.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "model/name.hpp"

namespace scl {

static const std::string bus = "sys/bus/scsi/devices/";

void read_hosts(const Snapshot &snapshot, Machine &machine)
{
	machine.hosts.lacks(snapshot.unread_list("sys/class/scsi_host"));
	for (const auto &name : snapshot.list("sys/class/scsi_host")) {
		auto number = number_after("host", name);
		if (!number)
			continue;
		auto dir = "sys/class/scsi_host/" + name + "/";
		Host host;
		host.number = *number;
		host.driver = snapshot.text(dir + "proc_name");
		bool is_named = !host.driver.text().empty() && host.driver != "<NULL>" &&
				host.driver != "(null)";
		if (!is_named && host.driver.unread().empty())
			host.driver = "unknown";
		host.state = snapshot.text(dir + "state");
		host.removed = host.state == "cancel" || host.state == "deleted" ||
			       host.state == "cancel/recovery" || host.state == "deleted/recovery";
		if (auto busy = snapshot.number(dir + "host_busy"))
			host.busy = static_cast<unsigned>(*busy);
		host.teardown_tmo = snapshot.text(bus + name + "/teardown_tmo");
		machine.hosts.push_back(host);
	}
}

static Transport transport_at(const Snapshot &snapshot, const std::string &link)
{
	auto place = snapshot.link(link);
	auto transport = transport_of(snapshot, place.text());
	if (!place)
		transport.kind = place;
	return transport;
}

// The override outlives the device's directory in the bus, so the class is preferred.
std::string teardown_tmo_path(const Snapshot &snapshot, const Address &address)
{
	auto path = "sys/class/scsi_lifecycle/" + to_text(address) + "/teardown_tmo";
	auto value = snapshot.text(path);
	return value || !value.unread().empty() ? path : bus + to_text(address) + "/teardown_tmo";
}

// sd alone flushes, and takes disks of these types alone (sd_probe()): one that it has is in its
// class.
static bool may_flush(const Snapshot &snapshot, const Address &address)
{
	const std::string disks = "sys/class/scsi_disk";
	const auto &names = snapshot.list(disks);
	bool is_disk = std::find(names.begin(), names.end(), to_text(address)) != names.end();
	auto type = snapshot.number(bus + to_text(address) + "/type");
	if (is_disk || !snapshot.unread_list(disks).empty() || !type)
		return true;
	constexpr std::array types_of_sd = {0x00u, 0x07u, 0x0eu, 0x14u};
	return std::find(types_of_sd.begin(), types_of_sd.end(), *type) != types_of_sd.end();
}

static Device device_of(const Snapshot &snapshot, const Machine &machine, const Address &address)
{
	auto dir = bus + to_text(address) + "/";
	Device device;
	device.address = address;
	device.state = snapshot.text(dir + "state");
	device.vendor = snapshot.text(dir + "vendor");
	device.model = snapshot.text(dir + "model");
	device.wwid = snapshot.text(dir + "wwid").as([](const std::string &text) {
		return std::optional(wwid_of_file(text));
	});
	if (const auto &disks = snapshot.list(dir + "block"); !disks.empty())
		device.disk = disks.front();
	device.unread_disk = snapshot.unread_list(dir + "block");
	device.driver = machine.driver(address.host);
	auto cache = snapshot.text("sys/class/scsi_disk/" + to_text(address) + "/cache_type");
	if (cache)
		device.write_cache = cache->starts_with("write back");
	device.flushes = may_flush(snapshot, address);
	auto queue = snapshot.text("sys/kernel/debug/block/" + device.disk + "/state");
	if (queue && !device.disk.empty())
		device.queue_stopped = queue->find("QUIESCED") != queue->npos;
	device.transport = transport_at(snapshot, bus + to_text(address));
	device.teardown_tmo = snapshot.text(teardown_tmo_path(snapshot, address));
	return device;
}

bool Device::has_wwid(const std::string &name) const
{
	auto known = known_wwid().text();
	return is_wwid(name, known) || (!wwid && is_kept_wwid(name, known));
}

void read_devices(const Snapshot &snapshot, Machine &machine)
{
	const auto &names = snapshot.list("sys/bus/scsi/devices");
	const auto &buses = snapshot.list("sys/bus");
	machine.devices_seen = snapshot.has("sys/bus/scsi/devices") ||
			       (snapshot.has("sys/bus") &&
				std::find(buses.begin(), buses.end(), "scsi") == buses.end());
	if (!machine.devices_seen) {
		machine.devices.lacks("/sys/bus/scsi/devices was not read");
		machine.unseen.push_back("the SCSI devices: /sys/bus/scsi/devices was not read");
	}
	for (const auto &name : names)
		if (auto address = parse_address(name))
			machine.devices.push_back(device_of(snapshot, machine, *address));
	for (const auto &target : names) {
		if (!target.starts_with("target"))
			continue;
		machine.devices.lacks(snapshot.unread_list(bus + target));
		for (const auto &name : snapshot.list(bus + target)) {
			auto address = parse_address(name);
			if (!address || std::find(names.begin(), names.end(), name) != names.end())
				continue;
			auto device = device_of(snapshot, machine, *address);
			device.half_removed = true;
			device.transport = transport_at(snapshot, bus + target);
			machine.devices.push_back(std::move(device));
		}
	}
	std::sort(machine.devices.begin(), machine.devices.end(),
		  [](const Device &a, const Device &b) { return a.address < b.address; });
}

std::string Map::wwid() const
{
	const std::string multipath = "mpath-";
	return uuid.starts_with(multipath) ? uuid.substr(multipath.size()) : "";
}

void read_maps(const Snapshot &snapshot, Machine &machine)
{
	const std::string block = "sys/class/block/";
	machine.maps.lacks(snapshot.unread_list("sys/class/block"));
	for (const auto &disk : snapshot.list("sys/class/block")) {
		if (!disk.starts_with("dm-"))
			continue;
		Map map;
		map.disk = disk;
		map.name = snapshot.text(block + disk + "/dm/name").value_or("");
		map.uuid = snapshot.text(block + disk + "/dm/uuid").value_or("");
		auto suspended = snapshot.number(block + disk + "/dm/suspended");
		map.suspended = suspended == 1u;
		machine.maps.lacks(suspended.unread());
		map.slaves = snapshot.list(block + disk + "/slaves");
		machine.maps.push_back(std::move(map));
	}
}

} // namespace scl
