// SPDX-License-Identifier: GPL-2.0
#include "model/gap.hpp"

#include <fmt/core.h>

namespace scl {

static const std::string bus = "sys/bus/scsi/devices", block = "sys/class/block";

static std::string first_of(std::initializer_list<std::string> reasons)
{
	for (const auto &reason : reasons)
		if (!reason.empty())
			return reason;
	return {};
}

std::string Gaps::below(const std::string &targets) const
{
	for (const auto &name : snapshot_.list(bus))
		if (name.starts_with(targets))
			if (auto reason = snapshot_.unread_list(bus + "/" + name); !reason.empty())
				return reason;
	return {};
}

template <typename Reason> std::string Gaps::devices(Reason reason_of) const
{
	for (const auto &device : machine_.devices)
		if (auto reason = reason_of(device); !reason.empty())
			return reason;
	return below("target");
}

template <typename Reason> std::string Gaps::blocks(Reason reason_of) const
{
	for (const auto &name : snapshot_.list(block))
		if (auto reason = reason_of(block + "/" + name); !reason.empty())
			return reason;
	return snapshot_.unread_list(block);
}

std::string Gaps::at(const Address &address) const
{
	return snapshot_.unread_list(
		fmt::format("{}/target{}:{}:{}", bus, address.host, address.channel, address.id));
}

std::string Gaps::on_host(unsigned host) const
{
	return below(fmt::format("target{}:", host));
}

std::string Gaps::disks() const
{
	return first_of({devices([](const Device &device) { return device.unread_disk; }),
			 snapshot_.unread_list(block)});
}

std::string Gaps::wwids() const
{
	return devices([](const Device &device) { return device.wwid.unread(); });
}

std::string Gaps::maps() const
{
	return first_of({disks(), blocks([&](const std::string &place) {
				 return place.starts_with(block + "/dm-")
						? snapshot_.text(place + "/dm/name").unread()
						: std::string();
			 })});
}

std::string Gaps::sessions() const
{
	return devices([](const Device &device) { return device.transport.kind.unread(); });
}

std::string Gaps::drivers() const
{
	return devices([](const Device &device) { return device.driver.unread(); });
}

std::string Gaps::all() const
{
	return first_of({maps(), wwids()});
}

std::string Gaps::numbers() const
{
	return first_of({disks(), blocks([&](const std::string &place) {
				 return snapshot_.text(place + "/dev").unread();
			 })});
}

} // namespace scl
