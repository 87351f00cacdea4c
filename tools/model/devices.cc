// SPDX-License-Identifier: GPL-2.0
// Hosts, devices, disks and the maps above them, as sysfs shows them.
#include "model/machine.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace scl {

static const std::string bus = "sys/bus/scsi/devices/";

void read_hosts(const Snapshot &snapshot, Machine &machine)
{
	for (const auto &name : snapshot.list("sys/class/scsi_host")) {
		auto number = number_after("host", name);
		if (!number)
			continue;
		auto dir = "sys/class/scsi_host/" + name + "/";
		Host host;
		host.number = *number;
		host.driver = snapshot.text(dir + "proc_name").value_or("");
		if (host.driver.empty() || host.driver == "<NULL>" || host.driver == "(null)")
			host.driver = "unknown";
		host.state = snapshot.text(dir + "state").value_or("");
		host.removed = host.state == "cancel" || host.state == "deleted" ||
			       host.state == "cancel/recovery" || host.state == "deleted/recovery";
		if (auto busy = snapshot.number(dir + "host_busy"))
			host.busy = static_cast<unsigned>(*busy);
		machine.hosts.push_back(host);
	}
}

static Device device_of(const Snapshot &snapshot, const Machine &machine, const Address &address)
{
	auto dir = bus + to_text(address) + "/";
	auto file = [&](const char *name) { return snapshot.text(dir + name).value_or(""); };
	Device device;
	device.address = address;
	device.state = file("state");
	device.vendor = file("vendor");
	device.model = file("model");
	device.wwid = file("wwid");
	if (const auto &disks = snapshot.list(dir + "block"); !disks.empty())
		device.disk = disks.front();
	if (auto *host = machine.host(address.host))
		device.driver = host->driver;
	auto cache = snapshot.text("sys/class/scsi_disk/" + to_text(address) + "/cache_type");
	if (cache)
		device.write_cache = cache->starts_with("write back");
	auto queue = snapshot.text("sys/kernel/debug/block/" + device.disk + "/state");
	if (queue && !device.disk.empty())
		device.queue_stopped = queue->find("QUIESCED") != queue->npos;
	device.transport =
		transport_of(snapshot, snapshot.link(bus + to_text(address)).value_or(""));
	return device;
}

void read_devices(const Snapshot &snapshot, Machine &machine)
{
	const auto &names = snapshot.list("sys/bus/scsi/devices");
	const auto &buses = snapshot.list("sys/bus");
	machine.devices_seen = snapshot.has("sys/bus/scsi/devices") ||
			       (snapshot.has("sys/bus") &&
				std::find(buses.begin(), buses.end(), "scsi") == buses.end());
	if (!machine.devices_seen)
		machine.unseen.push_back("the SCSI devices: /sys/bus/scsi/devices was not read");
	for (const auto &name : names)
		if (auto address = parse_address(name))
			machine.devices.push_back(device_of(snapshot, machine, *address));
	for (const auto &target : names) {
		if (!target.starts_with("target"))
			continue;
		auto place = snapshot.link(bus + target).value_or("");
		for (const auto &name : snapshot.list(bus + target)) {
			auto address = parse_address(name);
			if (!address || std::find(names.begin(), names.end(), name) != names.end())
				continue;
			auto device = device_of(snapshot, machine, *address);
			device.half_removed = true;
			device.transport = transport_of(snapshot, place);
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
	for (const auto &disk : snapshot.list("sys/class/block")) {
		if (!disk.starts_with("dm-"))
			continue;
		Map map;
		map.disk = disk;
		map.name = snapshot.text(block + disk + "/dm/name").value_or("");
		map.uuid = snapshot.text(block + disk + "/dm/uuid").value_or("");
		map.suspended = snapshot.number(block + disk + "/dm/suspended") == 1;
		map.slaves = snapshot.list(block + disk + "/slaves");
		machine.maps.push_back(std::move(map));
	}
}

} // namespace scl
